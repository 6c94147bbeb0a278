// SPDX-License-Identifier: MIT
// How functions are called that hardly ever are, from code where every store counts.
#pragma once

/// For a function that is called rarely, from a short function that is called all the time: it
/// saves the registers that it uses, so that the caller needs none that it would have to save
/// itself, at every call. The function must not throw, since what is caught has only the usual
/// registers restored. It is called directly, never through a table that the dynamic linker fills
/// at the first call, which saves fewer registers: hence hidden. Nothing where the compiler does
/// not know it.
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define JACKDAW_RARE_CALL [[clang::preserve_most, gnu::visibility("hidden")]]
#else
#define JACKDAW_RARE_CALL
#endif
