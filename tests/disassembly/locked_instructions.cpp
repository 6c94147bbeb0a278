// SPDX-License-Identifier: MIT
#include "locked_instructions.hpp"

#include <ucontext.h>

#include <array>
#include <cstddef>
#include <cstdio>

// The linker's names for the executable's first byte and for the end of its code.
extern "C" const unsigned char __executable_start;
extern "C" const unsigned char etext;

namespace disassembly {

namespace {

constexpr std::size_t most = 256;
std::array<std::uintptr_t, most> found;
volatile std::size_t count = 0;

std::uintptr_t start_of_program() { return reinterpret_cast<std::uintptr_t>(&__executable_start); }

bool is_prefix(unsigned char byte) {
  switch (byte) {
    case 0x26:
    case 0x2E:
    case 0x36:
    case 0x3E:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xF2:
    case 0xF3: return true;
    default: return byte >= 0x40 && byte <= 0x4F;  // REX
  }
}

// Intel's manual, volume 2: LOCK is F0; XCHG with memory, 86 and 87, locks without it.
bool is_locked(const unsigned char* code) {
  while (is_prefix(*code)) ++code;
  if (*code == 0xF0) return true;
  const bool exchange = *code == 0x86 || *code == 0x87;
  return exchange && (code[1] & 0xC0) != 0xC0;
}

void look(int, siginfo_t*, void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  const auto at = static_cast<std::uintptr_t>(registers[REG_RIP]);
  if (at < start_of_program() || at >= reinterpret_cast<std::uintptr_t>(&etext)) return;
  if (!is_locked(reinterpret_cast<const unsigned char*>(at))) return;
  if (count < most) found[count] = at - start_of_program();
  count = count + 1;
}

}  // namespace

locked_instructions::locked_instructions() {
  struct sigaction trap{};
  trap.sa_sigaction = look;
  trap.sa_flags = SA_SIGINFO;
  sigaction(SIGTRAP, &trap, &before_);
}

locked_instructions::~locked_instructions() { sigaction(SIGTRAP, &before_, nullptr); }

// The trap flag is bit 8 of the flags. The red zone of 128 bytes below the stack is stepped over.
void locked_instructions::begin() noexcept {
  sigset_t trap;
  sigemptyset(&trap);
  sigaddset(&trap, SIGTRAP);
  pthread_sigmask(SIG_UNBLOCK, &trap, nullptr);  // workers block all signals
  count = 0;
  asm volatile(
      "lea -128(%%rsp), %%rsp\n\t"
      "pushfq\n\t"
      "orq $0x100, (%%rsp)\n\t"
      "popfq\n\t"
      "lea 128(%%rsp), %%rsp" ::
          : "memory", "cc");
}

sites locked_instructions::end() {
  asm volatile(
      "lea -128(%%rsp), %%rsp\n\t"
      "pushfq\n\t"
      "andq $-0x101, (%%rsp)\n\t"
      "popfq\n\t"
      "lea 128(%%rsp), %%rsp" ::
          : "memory", "cc");
  const std::size_t n = count < most ? std::size_t{count} : most;
  count = 0;
  return {found.begin(), found.begin() + static_cast<std::ptrdiff_t>(n)};
}

std::string to_string(const sites& s) {
  std::string text = std::to_string(s.size()) + " read-modify-writes";
  for (const std::uintptr_t at : s) {
    std::array<char, 32> hex{};
    std::snprintf(hex.data(), hex.size(), " 0x%zx", static_cast<std::size_t>(at));
    text += hex.data();
  }
  return text;
}

}  // namespace disassembly
