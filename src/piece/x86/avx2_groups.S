/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/*
 * The two blocks of twice eight nodes: two groups, one node a lane of a 256-bit register, whose
 * rounds take turns.
 *
 * A round is a chain of a dozen operations, which take two cycles each in some processors, so one
 * group alone leaves half of their units idle. Two groups have more variables than there are
 * registers. What a compiler makes of that moves them to memory and back; here they live there. Of
 * each group only the two that a round has just made are in registers, with two differences that
 * the next round needs; the others are operands from memory, which cost no operation. Nor do they
 * move when their names do: a new a takes the place of the oldest d, a new e that of the oldest h.
 *
 * struct work, which avx2.c knows too; rows of 32 bytes, those of the second group GROUP behind:
 *   STATE   a, d, c, b, e, h, g, f
 *   WORDS   the 16 message words
 *   MIDDLE  the state after the first block
 */
#define STATE  0
#define WORDS  256
#define MIDDLE 768
#define GROUP  1024
/* of variable i, 0 for a to 7 for h, within the state */
#define ROW(i) (32*((i)/4*4+(4-(i)%4)%4))

        .text

/*
 * Round i of group \at (its first byte in the work). ymm\x gets a ^ b, ymm\y is that of the round
 * before; ymm\fg is f ^ g. \words is empty where the constant has the word in it already.
 */
.macro one_round at, a, e, x, y, fg, i, words
        vpbroadcastd 4*(\i)(%rcx), %ymm10
.ifnb \words
        vpaddd  \at+WORDS+32*(\i)(%rdi), %ymm10, %ymm10
.endif
        vpsrld  $6, %ymm\e, %ymm11
        vpslld  $26, %ymm\e, %ymm12
        vpand   %ymm\e, %ymm\fg, %ymm\fg
        vpaddd  \at+STATE+128+32*((\i+1)%4)(%rdi), %ymm10, %ymm10
        vpsrld  $11, %ymm\e, %ymm13
        vpslld  $21, %ymm\e, %ymm14
        vpxor   \at+STATE+128+32*((\i+2)%4)(%rdi), %ymm\fg, %ymm\fg
        vpxor   %ymm11, %ymm12, %ymm11
        vpsrld  $25, %ymm\e, %ymm15
        vpslld  $7, %ymm\e, %ymm12
        vpaddd  %ymm\fg, %ymm10, %ymm10
        vpxor   %ymm13, %ymm14, %ymm13
        vpxor   \at+STATE+128+32*((\i+3)%4)(%rdi), %ymm\e, %ymm\fg
        vpxor   %ymm15, %ymm12, %ymm15
        vpxor   %ymm11, %ymm13, %ymm11
        vpxor   %ymm11, %ymm15, %ymm11
        vpaddd  %ymm11, %ymm10, %ymm10
        vpaddd  \at+STATE+32*((\i+1)%4)(%rdi), %ymm10, %ymm\e
        vmovdqa %ymm\e, \at+STATE+128+32*((\i+1)%4)(%rdi)
        vpxor   \at+STATE+32*((\i+3)%4)(%rdi), %ymm\a, %ymm\x
        vpsrld  $2, %ymm\a, %ymm11
        vpslld  $30, %ymm\a, %ymm12
        vpand   %ymm\x, %ymm\y, %ymm\y
        vpsrld  $13, %ymm\a, %ymm13
        vpslld  $19, %ymm\a, %ymm14
        vpxor   %ymm11, %ymm12, %ymm11
        vpxor   \at+STATE+32*((\i+3)%4)(%rdi), %ymm\y, %ymm\y
        vpsrld  $22, %ymm\a, %ymm15
        vpslld  $10, %ymm\a, %ymm12
        vpxor   %ymm13, %ymm14, %ymm13
        vpaddd  %ymm\y, %ymm10, %ymm10
        vpxor   %ymm15, %ymm12, %ymm15
        vpxor   %ymm11, %ymm13, %ymm11
        vpxor   %ymm11, %ymm15, %ymm11
        vpaddd  %ymm11, %ymm10, %ymm\a
        vmovdqa %ymm\a, \at+STATE+32*((\i+1)%4)(%rdi)
.endm

/* The word 16 behind word i of a group, in its place. */
.macro next_word at, i
        vmovdqa \at+WORDS+32*((\i+1)%16)(%rdi), %ymm10
        vmovdqa \at+WORDS+32*((\i+14)%16)(%rdi), %ymm11
        vpsrld  $7, %ymm10, %ymm12
        vpslld  $25, %ymm10, %ymm13
        vpsrld  $18, %ymm10, %ymm14
        vpslld  $14, %ymm10, %ymm15
        vpsrld  $3, %ymm10, %ymm10
        vpxor   %ymm12, %ymm13, %ymm12
        vpxor   %ymm14, %ymm15, %ymm14
        vpxor   %ymm12, %ymm10, %ymm10
        vpsrld  $17, %ymm11, %ymm12
        vpslld  $15, %ymm11, %ymm13
        vpxor   %ymm14, %ymm10, %ymm10
        vpsrld  $19, %ymm11, %ymm14
        vpslld  $13, %ymm11, %ymm15
        vpsrld  $10, %ymm11, %ymm11
        vpaddd  \at+WORDS+32*(\i)(%rdi), %ymm10, %ymm10
        vpxor   %ymm12, %ymm13, %ymm12
        vpxor   %ymm14, %ymm15, %ymm14
        vpaddd  \at+WORDS+32*((\i+9)%16)(%rdi), %ymm10, %ymm10
        vpxor   %ymm12, %ymm11, %ymm11
        vpxor   %ymm14, %ymm11, %ymm11
        vpaddd  %ymm11, %ymm10, %ymm10
        vmovdqa %ymm10, \at+WORDS+32*(\i)(%rdi)
.endm

/* Rounds i and i + 1 of both groups; after them \x and \y are where they were. */
.macro two_rounds i, words
        one_round 0, 0, 1, 2, 3, 4, \i, \words
        one_round GROUP, 5, 6, 7, 8, 9, \i, \words
        one_round 0, 0, 1, 3, 2, 4, \i+1, \words
        one_round GROUP, 5, 6, 8, 7, 9, \i+1, \words
.endm

.macro two_rounds_and_words i
        one_round 0, 0, 1, 2, 3, 4, \i, words
        next_word 0, \i
        one_round GROUP, 5, 6, 7, 8, 9, \i, words
        next_word GROUP, \i
        one_round 0, 0, 1, 3, 2, 4, \i+1, words
        next_word 0, \i+1
        one_round GROUP, 5, 6, 8, 7, 9, \i+1, words
        next_word GROUP, \i+1
.endm

/* a, e, b ^ c and f ^ g of a group, from its state. */
.macro pick_up at, a, e, y, fg
        vmovdqa \at+STATE(%rdi), %ymm\a
        vmovdqa \at+STATE+128(%rdi), %ymm\e
        vmovdqa \at+STATE+96(%rdi), %ymm\y
        vmovdqa \at+STATE+128+96(%rdi), %ymm\fg
        vpxor   \at+STATE+64(%rdi), %ymm\y, %ymm\y
        vpxor   \at+STATE+128+64(%rdi), %ymm\fg, %ymm\fg
.endm

/* void sl_avx2_groups(struct work *work): the words are spent, the state is that of the nodes. */
        .globl  sl_avx2_groups
        .hidden sl_avx2_groups
        .type   sl_avx2_groups, @function
        .balign 64
sl_avx2_groups:
        .irp    i, 0, 1, 2, 3, 4, 5, 6, 7
        vpbroadcastd sl_sha256_init+4*\i(%rip), %ymm0
        vmovdqa %ymm0, STATE+ROW(\i)(%rdi)
        vmovdqa %ymm0, GROUP+STATE+ROW(\i)(%rdi)
        .endr
        pick_up 0, 0, 1, 3, 4
        pick_up GROUP, 5, 6, 8, 9
        leaq    sl_sha256_k(%rip), %rcx
        movl    $3, %eax
        .balign 64
1:      .irp    i, 0, 2, 4, 6, 8, 10, 12, 14
        two_rounds_and_words \i
        .endr
        addq    $64, %rcx
        decl    %eax
        jnz     1b
        .irp    i, 0, 2, 4, 6, 8, 10, 12, 14
        two_rounds \i, words
        .endr

        .irp    i, 0, 1, 2, 3, 4, 5, 6, 7
        vpbroadcastd sl_sha256_init+4*\i(%rip), %ymm0
        vpaddd  STATE+ROW(\i)(%rdi), %ymm0, %ymm1
        vpaddd  GROUP+STATE+ROW(\i)(%rdi), %ymm0, %ymm2
        vmovdqa %ymm1, STATE+ROW(\i)(%rdi)
        vmovdqa %ymm2, GROUP+STATE+ROW(\i)(%rdi)
        vmovdqa %ymm1, MIDDLE+ROW(\i)(%rdi)
        vmovdqa %ymm2, GROUP+MIDDLE+ROW(\i)(%rdi)
        .endr
        pick_up 0, 0, 1, 3, 4
        pick_up GROUP, 5, 6, 8, 9
        leaq    sl_sha256_pad(%rip), %rcx
        movl    $8, %eax
        .balign 64
2:      .irp    i, 0, 2, 4, 6
        two_rounds \i
        .endr
        addq    $32, %rcx
        decl    %eax
        jnz     2b

        .irp    i, 0, 1, 2, 3, 4, 5, 6, 7
        vmovdqa STATE+32*\i(%rdi), %ymm0
        vmovdqa GROUP+STATE+32*\i(%rdi), %ymm1
        vpaddd  MIDDLE+32*\i(%rdi), %ymm0, %ymm0
        vpaddd  GROUP+MIDDLE+32*\i(%rdi), %ymm1, %ymm1
        vmovdqa %ymm0, STATE+32*\i(%rdi)
        vmovdqa %ymm1, GROUP+STATE+32*\i(%rdi)
        .endr
        vzeroupper
        ret
        .size   sl_avx2_groups, . - sl_avx2_groups

        .section .note.GNU-stack, "", @progbits
