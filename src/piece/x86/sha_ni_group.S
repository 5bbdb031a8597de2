/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * Four nodes with the SHA instructions, while the message schedules of the next four are made.
 *
 * sha256rnds2 does two rounds, takes 4 cycles and can start every cycle, so four nodes side by side
 * keep its unit busy: 64 cycles a node. Whatever else a node needs has to fit between them. A group
 * is 256 of these; spread among them, in batches of 16, is the schedule of the group after it, for
 * one pair of nodes during the first block and for the other pair during the (constant) second.
 * Thus no round ever waits for a message word. Of a pair, the left node has its last 16 words in
 * registers; the right one, for want of more, has 8 there and the rest in memory.
 *
 * struct words, which sha_ni.c knows as bytes:
 *   0     words + round constants of four nodes, 16 rows of 4 * 16 bytes, row by row
 *   1024  words of the right node, 16 rows of 16 bytes
 *   1280  the four states after the first block
 */
#define RAW    1024
#define MIDDLE 1280

        .section .rodata
        .balign 16
abef:   .long 0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667
cdgh:   .long 0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372
swap4:  .long 0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f /* the bytes of every word */
swap16: .long 0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203 /* all bytes */
mask:   .long 0xffffffff, 0xffffffff, 0xffffffff, 0x3fffffff

/* %rsi: this group's words, %rdx: the next group's, %rcx: its input. Node n has its state in
 * xmm(1 + 2n) and xmm(2 + 2n); xmm0 is what sha256rnds2 adds; the rest belongs to the schedule. */

.macro two_rounds from, to
        sha256rnds2 %xmm0, %xmm\from, %xmm\to
.endm

/* Four rounds of four nodes, row i of the first block. */
.macro first_block i
        movq    64*(\i)(%rsi), %xmm0
        two_rounds 1, 2
        movq    64*(\i)+16(%rsi), %xmm0
        two_rounds 3, 4
        movq    64*(\i)+32(%rsi), %xmm0
        two_rounds 5, 6
        movq    64*(\i)+48(%rsi), %xmm0
        two_rounds 7, 8
        movq    64*(\i)+8(%rsi), %xmm0
        two_rounds 2, 1
        movq    64*(\i)+24(%rsi), %xmm0
        two_rounds 4, 3
        movq    64*(\i)+40(%rsi), %xmm0
        two_rounds 6, 5
        movq    64*(\i)+56(%rsi), %xmm0
        two_rounds 8, 7
.endm

/* The same of the padding block: one load serves all. */
.macro second_block i
        movdqa  sl_sha256_pad+16*(\i)(%rip), %xmm0
        two_rounds 1, 2
        two_rounds 3, 4
        two_rounds 5, 6
        two_rounds 7, 8
        movq    sl_sha256_pad+16*(\i)+8(%rip), %xmm0
        two_rounds 2, 1
        two_rounds 4, 3
        two_rounds 6, 5
        two_rounds 8, 7
.endm

/* Row i (0..3) of the messages of a pair, into xmm\left and xmm\right. */
.macro load_words pair, i, left, right
        movdqu  128*(\pair)+16*(\i)(%rcx), %xmm\left
        movdqu  128*(\pair)+64+16*(\i)(%rcx), %xmm\right
        pshufb  swap4(%rip), %xmm\left
        pshufb  swap4(%rip), %xmm\right
        vpaddd  sl_sha256_k+16*(\i)(%rip), %xmm\left, %xmm15
        movdqa  %xmm\right, RAW+16*(\i)(%rdx)
        movdqa  %xmm15, 64*(\i)+32*(\pair)(%rdx)
        vpaddd  sl_sha256_k+16*(\i)(%rip), %xmm\right, %xmm15
        movdqa  %xmm15, 64*(\i)+32*(\pair)+16(%rdx)
.endm

/* Row i (4..15) from the four rows before: a to d, oldest first, of the left node, which replace
 * the oldest; last of the right one, whose new row goes to xmm\new. */
.macro next_words pair, i, a, b, c, d, new, last
        sha256msg1 %xmm\b, %xmm\a
        movdqa  RAW+16*(\i-4)(%rdx), %xmm\new
        vpalignr $4, %xmm\c, %xmm\d, %xmm15
        sha256msg1 RAW+16*(\i-3)(%rdx), %xmm\new
        paddd   %xmm15, %xmm\a
        vpalignr $4, RAW+16*(\i-2)(%rdx), %xmm\last, %xmm15
        sha256msg2 %xmm\d, %xmm\a
        paddd   %xmm15, %xmm\new
        vpaddd  sl_sha256_k+16*(\i)(%rip), %xmm\a, %xmm15
        sha256msg2 %xmm\last, %xmm\new
        movdqa  %xmm15, 64*(\i)+32*(\pair)(%rdx)
        movdqa  %xmm\new, RAW+16*(\i)(%rdx)
        vpaddd  sl_sha256_k+16*(\i)(%rip), %xmm\new, %xmm15
        movdqa  %xmm15, 64*(\i)+32*(\pair)+16(%rdx)
.endm

/* Row 0..3, and four more rows, of a pair; `rounds` is what to do beside it. */
.macro first_rows pair, rounds
        \rounds 0
        \rounds 1
        load_words \pair, 0, 9, 14
        load_words \pair, 1, 10, 13
        \rounds 2
        \rounds 3
        load_words \pair, 2, 11, 14
        load_words \pair, 3, 12, 13
.endm

.macro next_rows pair, i, rounds
        \rounds \i
        \rounds \i+1
        next_words \pair, \i, 9, 10, 11, 12, 14, 13
        next_words \pair, \i+1, 10, 11, 12, 9, 13, 14
        \rounds \i+2
        \rounds \i+3
        next_words \pair, \i+2, 11, 12, 9, 10, 14, 13
        next_words \pair, \i+3, 12, 9, 10, 11, 13, 14
.endm

.macro all_rows pair, rounds
        first_rows \pair, \rounds
        next_rows \pair, 4, \rounds
        next_rows \pair, 8, \rounds
        next_rows \pair, 12, \rounds
.endm

.macro no_rounds i
.endm

.macro start low, high
        movdqa  abef(%rip), %xmm\low
        movdqa  cdgh(%rip), %xmm\high
.endm

.macro middle node, low, high
        paddd   abef(%rip), %xmm\low
        paddd   cdgh(%rip), %xmm\high
        movdqa  %xmm\low, MIDDLE+32*(\node)(%rdx)
        movdqa  %xmm\high, MIDDLE+32*(\node)+16(%rdx)
.endm

.macro finish node, low, high
        paddd   MIDDLE+32*(\node)(%rdx), %xmm\low
        paddd   MIDDLE+32*(\node)+16(%rdx), %xmm\high
        vpunpckhqdq %xmm\low, %xmm\high, %xmm15
        punpcklqdq %xmm\low, %xmm\high
        pshufb  swap16(%rip), %xmm15
        pshufb  swap16(%rip), %xmm\high
        pand    mask(%rip), %xmm\high
        movdqu  %xmm15, 32*(\node)(%rdi)
        movdqu  %xmm\high, 32*(\node)+16(%rdi)
.endm

        .text

/* void sl_sha_ni_words(struct words *next, const uint8_t in[256]) */
        .globl  sl_sha_ni_words
        .hidden sl_sha_ni_words
        .type   sl_sha_ni_words, @function
        .balign 64
sl_sha_ni_words:
        movq    %rdi, %rdx
        movq    %rsi, %rcx
        all_rows 0, no_rounds
        all_rows 1, no_rounds
        ret
        .size   sl_sha_ni_words, . - sl_sha_ni_words

/* void sl_sha_ni_group(uint8_t out[128], const struct words *this, struct words *next,
 *                      const uint8_t next_in[256]) */
        .globl  sl_sha_ni_group
        .hidden sl_sha_ni_group
        .type   sl_sha_ni_group, @function
        .balign 64
sl_sha_ni_group:
        start   1, 2
        start   3, 4
        start   5, 6
        start   7, 8
        all_rows 0, first_block
        middle  0, 1, 2
        middle  1, 3, 4
        middle  2, 5, 6
        middle  3, 7, 8
        all_rows 1, second_block
        finish  0, 1, 2
        finish  1, 3, 4
        finish  2, 5, 6
        finish  3, 7, 8
        ret
        .size   sl_sha_ni_group, . - sl_sha_ni_group

        .section .note.GNU-stack, "", @progbits
