// SPDX-License-Identifier: MIT
// The wait word: one parking task, one granter, an outer canceller that a shield stops (A), an inner one that is effective (B).
//
// Sequentially consistent; every access to something shared is a step of its own, a read-modify-write is one step. A task that
// was scheduled goes on *beside* the thread that parked it, ends at once, and takes word and waiter with it: who touches either after
// that fails an assertion. Chosen by macros (tests/models/CMakeLists.txt lists the runs):
//   SLOT        the primitive is an I/O slot, emptied by one exchange; otherwise it is a list under a lock
//   GRANT, OUTER, INNER    1 if that party takes part
//   ORDER       how a slot is parked on: PUBLISH_FIRST or CLAIM_FIRST; under a lock only PUBLISH_FIRST makes sense
//   PROTOCOL    TABLE: the rows of core/src/cancellation/README.md. Broken: DRAFT (no AGAIN, no LEFT), RECHECK (no AGAIN, no LEFT, but
//               who lets a claim go looks once more)
#define TABLE 1
#define DRAFT 2
#define RECHECK 3
#define PUBLISH_FIRST 1
#define CLAIM_FIRST 2

#define CLAIM 1
#define FIRED 2
#define AGAIN 4
#define LEFT 8
#define NODE 16

#define EMPTY 0
#define WAITING 1
#define READY 2

#define VALUE 1
#define CANCELLED 2

byte word = 0;
byte epoch = 1;
bool requested = false;  // in the inner scope, which is the task's
bool locked = false;
bool linked = false;     // lives in the waiter
byte slot = EMPTY;
bool available = false;  // the primitive has a value for who comes next
byte ready = 0;          // the task is in the executor's queue, with this outcome
bool finished = false;   // the task has ended: word and waiter are gone

#define touch assert(!finished)

inline schedule(outcome) {
  assert(ready == 0 && !finished);
  ready = outcome
}

// The task goes on or was never suspended, ends, and leaves the member list of its scope.
inline end_task(outcome) {
  atomic {
    assert(!finished);
    assert(outcome == VALUE || requested);
    assert(word == 0);
    finished = true
  }
}

inline unlink(mine) {
#if SLOT
  atomic {
    touch;
    mine = (slot == WAITING);
    if
    :: mine -> slot = EMPTY
    :: else
    fi
  }
#else
  atomic { !locked -> locked = true };
  atomic {
    touch;
    mine = linked;
    linked = false
  };
  locked = false
#endif
}

// base::resolve_claim; the caller holds CLAIM.
inline resolve(effective, mine, again) {
  again = true;
  do
  :: !again -> break
  :: else ->
    again = false;
    atomic { touch; effective = requested };
    if
    :: !effective ->
      atomic {
        touch;
        if
        :: (word & FIRED) -> word = 0; schedule(VALUE)
        :: !(word & FIRED) && (word & AGAIN) -> word = word & ~AGAIN; again = true
        :: else -> word = word & ~CLAIM
        fi
      };
#if PROTOCOL == RECHECK
      atomic {
        touch;
        if
        :: requested && word == NODE -> word = NODE | CLAIM; again = true
        :: else
        fi
      }
#endif
    :: else ->
      unlink(mine);
      if
      :: mine -> atomic { touch; word = 0; schedule(CANCELLED) }
      :: else ->
#if PROTOCOL == TABLE
        atomic {
          touch;
          if
          :: (word & FIRED) -> word = 0; schedule(VALUE)
          :: else -> word = word | LEFT
          fi
        }
#else
        atomic { touch; word = 0; schedule(VALUE) }
#endif
      fi
    fi
  od
}

#if SLOT && ORDER == CLAIM_FIRST

proctype parker() {
  byte seen, old;
  bool effective, mine, again;
  seen = epoch;
  if
  :: requested -> end_task(CANCELLED); goto out
  :: else
  fi;
  word = NODE | CLAIM;
  if
  :: atomic { slot == EMPTY -> slot = WAITING }
  :: atomic { slot == READY -> skip }; word = 0; end_task(VALUE); goto out
  fi;
  if
  :: epoch != seen -> resolve(effective, mine, again); goto out
  :: else
  fi;
  atomic {
    touch;
    old = word;
    if
    :: word == (NODE | CLAIM) -> word = NODE
    :: else
    fi
  };
  if
  :: old == (NODE | CLAIM)
  :: else ->
    if
    :: (old & FIRED) -> touch; word = 0; end_task(VALUE)
    :: else -> resolve(effective, mine, again)
    fi
  fi;
out: skip
}

#else

proctype parker() {
  byte seen, old;
  bool effective, mine, again, claimed;
  seen = epoch;
  if
  :: requested -> end_task(CANCELLED); goto out
  :: else
  fi;
#if SLOT
  if
  :: atomic { slot == EMPTY -> slot = WAITING }
  :: atomic { slot == READY -> skip }; end_task(VALUE); goto out
  fi;
#else
  atomic { !locked -> locked = true };
  if
  :: available -> locked = false; end_task(VALUE); goto out
  :: else
  fi;
  linked = true;
#endif
  atomic { touch; old = word; word = NODE };
  if
  :: (old & FIRED) -> touch; word = 0; locked = false; end_task(VALUE); goto out
  :: else
  fi;
  if
  :: epoch != seen ->
    atomic {
      touch;
      claimed = (word == NODE);
      if
      :: claimed -> word = NODE | CLAIM
      :: else
      fi
    }
  :: else
  fi;
  locked = false;
  if
  :: claimed -> resolve(effective, mine, again)
  :: else
  fi;
out: skip
}

#endif

// Whichever worker takes the task up.
proctype worker() {
end:
  ready != 0;
  end_task(ready)
}

// wait_word::grant, by who has taken the waiter out.
inline grant() {
#if PROTOCOL == TABLE
  atomic {
    touch;
    if
    :: (word & CLAIM) && (word & LEFT) -> word = 0; schedule(VALUE)
    :: (word & CLAIM) && !(word & LEFT) -> word = word | FIRED
    :: word == 0 -> word = FIRED
    :: else -> word = 0; schedule(VALUE)
    fi
  }
#else
  atomic {
    touch;
    if
    :: word == NODE -> word = 0; schedule(VALUE); fired = true
    :: else
    fi
  };
  if
  :: fired
  :: else -> atomic { touch; word = word | FIRED }
  fi
#endif
}

proctype granter() {
  bool found, fired;
#if SLOT
  atomic { found = (slot == WAITING); slot = READY };
#else
  atomic { !locked -> locked = true };
  atomic {
    found = linked;
    linked = false;
    available = !found
  };
#endif
  if
  :: found -> grant()
  :: else
  fi;
#if !SLOT
  locked = false
#endif
}

// wait_word::claim; the walk holds the lock of the scope whose list the task leaves before it ends.
inline claim(held) {
  atomic {
    held = false;
    if
    :: finished || word < NODE || (word & (FIRED | LEFT))
    :: else ->
      if
      :: (word & CLAIM) ->
#if PROTOCOL == TABLE
        word = word | AGAIN
#else
        skip
#endif
      :: else -> word = word | CLAIM; held = true
      fi
    fi
  }
}

proctype canceller(bool inner) {
  bool held, effective, mine, again;
  if
  :: inner -> requested = true
  :: else
  fi;
  epoch++;
  claim(held);
  if
  :: held -> resolve(effective, mine, again)
  :: else
  fi
}

// When nobody can move any more: no lost wake-up, no lost cancel, and nothing left in the word.
active proctype at_rest() {
  timeout ->
  assert(finished || (!GRANT && !requested));
  assert(finished -> word == 0 : word == NODE)
}

init {
  atomic {
    run parker();
    run worker();
    if
    :: GRANT -> run granter()
    :: else
    fi;
    if
    :: OUTER -> run canceller(false)
    :: else
    fi;
    if
    :: INNER -> run canceller(true)
    :: else
    fi
  }
}
