// SPDX-License-Identifier: MIT
// Scopes that close while requests are walking over them: pins, the walk with its second round, linking, parked tasks.
//
// A chain of LEVELS scopes, all entered by one task, the owner; below the innermost CHILDREN tasks that park once. OUTER asks the
// outermost scope to stop, INNER the innermost; each has a pin on its scope, as a timer or a handle has. The owner waits for the
// children, and closes the scopes from the inside out; a closed scope is gone: who touches it fails an assertion.
//
// Sequentially consistent. A hold of a scope's lock is one step: it contains at most one access to something that the lock does not
// guard. A batch of the walk is one node, and each scope's walk is a process of its own, which includes every way in which workers may
// share them. The wait word is park.pml's claim and is abstracted here to parked, held (by who claimed the task), again.
//
// Chosen by macros (tests/models/CMakeLists.txt lists the runs): LEVELS, CHILDREN, OUTER, INNER, GRANT (somebody may also grant what the
// tasks wait for), SHIELD (the innermost scope stops outer requests), OWNER_PARKS (in the innermost scope, before it waits for the
// children), BROKEN: 0, or one of the faults below.
#define LATE_PIN 1        // a walk pins an inner scope after it has let the lock of the outer one go
#define LATE_CLOSING 2    // the owner gives its pin back before it says who is to be woken
#define ONE_ROUND 3       // a second walk of a scope leaves without a note to the first
#define NO_OWNER 4        // a second walk does not look at the owner
#define STAYS_LINKED 5    // a closing scope does not leave the list of the outer one first
#define NO_PIN 6          // a walk gives its pin back when it begins
#define BOTTOM_UP 7       // scopes are linked from the inside out
#define EPOCH_FIRST 8     // the request is stored after the epoch

#define ROOT 0
#define BOTTOM (LEVELS - 1)
#define TASKS (1 + CHILDREN)  // the owner is task 0
#define OWNER 0

#define IDLE 0
#define PARKED 1
#define HELD 2

#define VALUE 1
#define CANCELLED 2

#define OUT 0
#define MEMBER 1
#define VISITING 2

#define touch(s) assert(alive[s])
#define shielded(s) (SHIELD && s == BOTTOM)
#define home(t) (t == OWNER -> ROOT : BOTTOM)

byte epoch = 1;

bool alive[LEVELS];
bool requested[LEVELS];
bool linked[LEVELS];
bool walking[LEVELS];
bool walk_again[LEVELS];
bool walk_ready[LEVELS];   // the scope's walk is somebody's next work
bool closing[LEVELS];
bool released[LEVELS];     // the last unpin has woken the owner
byte pins[LEVELS];
byte scope_in[LEVELS];     // where the scope is: in the list of the one outside
byte task_in[TASKS];       // where the task is: in the list of its home scope
byte word[TASKS];
bool again[TASKS];
byte outcome[TASKS];
byte ended = 0;            // children
byte t_ = 0;               // for loops inside of atomic steps

// Own states from the innermost scope up to a shield or the root.
inline evaluate(level, effective) {
  level = BOTTOM;
  effective = false;
  do
  :: atomic {
       touch(level);
       effective = requested[level];
       if
       :: effective || shielded(level) || level == ROOT -> break
       :: else -> level--
       fi
     }
  od
}

inline claim(t, held) {
  held = false;
  if
  :: word[t] == PARKED -> word[t] = HELD; held = true
  :: word[t] == HELD -> again[t] = true
  :: else
  fi
}

inline resolve(t, level, effective) {
  do
  :: evaluate(level, effective);
     atomic {
       assert(word[t] == HELD);
       if
       :: effective -> word[t] = IDLE; again[t] = false; outcome[t] = CANCELLED; break
       :: !effective && again[t] -> again[t] = false
       :: else -> word[t] = PARKED; break
       fi
     }
  od
}

inline unpin(s, last) {
  atomic { touch(s); pins[s]--; last = (pins[s] == 0) };
  if
  :: last -> atomic { touch(s); assert(closing[s]); released[s] = true }
  :: else
  fi
}

// The members become what the walk has still to see.
inline splice(s) {
  if
  :: s + 1 < LEVELS && scope_in[s + 1] == MEMBER -> scope_in[s + 1] = VISITING
  :: else
  fi;
  t_ = 0;
  do
  :: t_ == TASKS -> break
  :: else ->
     if
     :: home(t_) == s && task_in[t_] == MEMBER -> task_in[t_] = VISITING
     :: else
     fi;
     t_++
  od;
  t_ = 0
}

// cancel_walk::begin, for who has pinned the scope.
inline begin(s, level, effective, held, second) {
  atomic {
    touch(s);
    second = walking[s];
    if
    :: second -> walk_again[s] = (BROKEN != ONE_ROUND)
    :: else -> walking[s] = true; splice(s)
    fi
  };
  if
  :: BROKEN == NO_OWNER && second
  :: else ->
     atomic { touch(s); claim(OWNER, held) };
     if
     :: held -> resolve(OWNER, level, effective)
     :: else
     fi
  fi;
  if
  :: second -> unpin(s, held)
  :: else -> atomic { touch(s); assert(!walk_ready[s]); walk_ready[s] = true }
  fi
}

// Is there something that the walk of the scope has still to see?
#define more_scopes(s) (s + 1 < LEVELS && scope_in[(s + 1) % LEVELS] == VISITING)
#if CHILDREN == 2
#define more_children(s) (s == BOTTOM && (task_in[1] == VISITING || task_in[2] == VISITING))
#elif CHILDREN == 1
#define more_children(s) (s == BOTTOM && task_in[1] == VISITING)
#else
#define more_children(s) false
#endif
#define more_owner(s) (s == ROOT && task_in[OWNER] == VISITING)
#define more(s) (more_scopes(s) || more_children(s) || more_owner(s))

inline visit_task(s, t, held) {
  home(t) == s && task_in[t] == VISITING ->
  task_in[t] = MEMBER;
  claim(t, held);
  met = t
}

// cancel_walk::visit_batch, on whichever worker.
proctype walk(byte s) {
  byte level, met;
  bool effective, held, second, inner, on;
end:
  do
  :: atomic { walk_ready[s] -> walk_ready[s] = false };
     on = true;
     if
     :: BROKEN == NO_PIN -> unpin(s, second)
     :: else
     fi;
     do
     :: !on -> break
     :: else ->
        atomic {
          touch(s);
          held = false;
          inner = false;
          if
          :: more_scopes(s) ->
             scope_in[s + 1] = MEMBER;
             inner = true;
             if
             :: BROKEN != LATE_PIN -> touch(s + 1); pins[s + 1]++
             :: else
             fi
          :: visit_task(s, 0, held)
#if CHILDREN >= 1
          :: visit_task(s, 1, held)
#endif
#if CHILDREN == 2
          :: visit_task(s, 2, held)
#endif
          :: !more(s)
          fi;
          if
          :: !more(s) && walk_again[s] -> walk_again[s] = false; splice(s)
          :: else
          fi;
          on = more(s);
          walking[s] = on
        };
        if
        :: held -> resolve(met, level, effective)
        :: else
        fi;
        if
        :: inner ->
           if
           :: BROKEN == LATE_PIN -> atomic { touch(s + 1); pins[s + 1]++ }
           :: else
           fi;
           begin(s + 1, level, effective, held, second)
        :: else
        fi
     od;
     if
     :: BROKEN != NO_PIN -> unpin(s, second)
     :: else
     fi
  od
}

// Somebody who has a pin on the scope.
proctype canceller(byte s) {
  byte level;
  bool effective, held, second;
#if BROKEN == EPOCH_FIRST
  epoch++;
  atomic { touch(s); requested[s] = true };
#else
  atomic { touch(s); requested[s] = true };
  epoch++;
#endif
  atomic { touch(s); pins[s]++ };
  begin(s, level, effective, held, second);
  unpin(s, held)
}

// Up to the first scope that is linked already; then the others.
inline link(level) {
  level = BOTTOM;
  do
  :: atomic { touch(level);
       if
       :: level == ROOT || linked[level] -> break
       :: else
       fi };
#if BROKEN == BOTTOM_UP
     atomic {
       touch(level - 1);
       if
       :: !linked[level] -> scope_in[level] = MEMBER; linked[level] = true
       :: else
       fi
     };
#endif
     level--
  od;
#if BROKEN != BOTTOM_UP
  do
  :: level == BOTTOM -> break
  :: else ->
     level++;
     atomic {
       touch(level - 1);
       if
       :: !linked[level] -> scope_in[level] = MEMBER; linked[level] = true
       :: else
       fi
     }
  od
#endif
}

inline park(t, level, effective, seen) {
  seen = epoch;
  evaluate(level, effective);
  if
  :: effective -> outcome[t] = CANCELLED
  :: else ->
     word[t] = PARKED;
     if
     :: epoch == seen
     :: else ->
        atomic { claim(t, effective) };
        if
        :: effective -> resolve(t, level, effective)
        :: else
        fi
     fi
  fi
}

proctype child(byte t) {
  byte level, seen;
  bool effective;
  link(level);
  atomic { touch(BOTTOM); task_in[t] = MEMBER };
  park(t, level, effective, seen);
end:
  outcome[t] != 0;
  evaluate(level, effective);
  assert(outcome[t] == VALUE || effective);
  atomic { touch(BOTTOM); task_in[t] = OUT };
  ended++
}

proctype granter() {
end:
  do
  :: atomic { word[0] == PARKED -> word[0] = IDLE; outcome[0] = VALUE }
#if CHILDREN >= 1
  :: atomic { word[1] == PARKED -> word[1] = IDLE; outcome[1] = VALUE }
#endif
#if CHILDREN == 2
  :: atomic { word[2] == PARKED -> word[2] = IDLE; outcome[2] = VALUE }
#endif
  od
}

inline close(s, last) {
  if
  :: s > ROOT && BROKEN != STAYS_LINKED ->
     atomic {
       if
       :: linked[s] -> touch(s - 1); scope_in[s] = OUT; linked[s] = false
       :: else
       fi
     }
  :: else
  fi;
  if
  :: pins[s] == 1
  :: else ->
#if BROKEN == LATE_CLOSING
     atomic { pins[s]--; last = (pins[s] == 0) };
     closing[s] = true;
#else
     closing[s] = true;
     atomic { pins[s]--; last = (pins[s] == 0) };
#endif
     if
     :: last
     :: else ->
end: released[s]
     fi
  fi;
  atomic {
    assert(!walk_ready[s]);
    alive[s] = false
  }
}

proctype owner() {
  byte s, level, seen;
  bool effective, last;
#if OWNER_PARKS
  atomic { touch(ROOT); task_in[OWNER] = MEMBER };
  park(OWNER, level, effective, seen);
end_parked:
  outcome[OWNER] != 0;
  evaluate(level, effective);
  assert(outcome[OWNER] == VALUE || effective);
#endif
end_join:
  ended == CHILDREN;
#if OWNER_PARKS
  atomic { touch(ROOT); task_in[OWNER] = OUT };
#endif
  s = LEVELS;
  do
  :: s == 0 -> break
  :: else ->
     s--;
     close(s, last)
  od
}

#define reached (requested[BOTTOM] || (!SHIELD && requested[ROOT]))

// When nobody can move any more: no lost cancel, no lost unpin, nothing left of a scope whose tasks have ended.
active proctype at_rest() {
  byte t;
  bool parked;
  timeout ->
  do
  :: t == TASKS -> break
  :: else ->
     assert(word[t] == IDLE || (word[t] == PARKED && !reached));
     parked = parked || word[t] == PARKED;
     t++
  od;
  assert(parked || (!alive[ROOT] && !alive[BOTTOM]))
}

init {
  byte i;
  atomic {
    do
    :: i == LEVELS -> break
    :: else -> alive[i] = true; pins[i] = 1; run walk(i); i++
    od;
    i = 0;
    if
    :: OUTER -> pins[ROOT]++; run canceller(ROOT)
    :: else
    fi;
    if
    :: INNER -> pins[BOTTOM]++; run canceller(BOTTOM)
    :: else
    fi;
    if
    :: GRANT -> run granter()
    :: else
    fi;
    run owner();
    if
    :: CHILDREN >= 1 -> run child(1)
    :: else
    fi;
    if
    :: CHILDREN == 2 -> run child(2)
    :: else
    fi
  }
}
