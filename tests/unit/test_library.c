/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A library that is loaded when it is first needed. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/library.h"

#include "support/test.h"

enum { TEXT_BYTES = 256, STATUS_NO_LIBRARY = 127 };

/* In a child: what it says on stderr, and its exit status. */
static int load_in_child(char text[static TEXT_BYTES], const char *soname, const char *name)
{
    int ends[2];
    int status = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        sl_library_fn found[1];
        dup2(ends[1], STDERR_FILENO);
        sl_library_load(found, soname, &name, 1);
        _exit(found[0] != NULL ? 0 : 1);
    }
    close(ends[1]);
    const ssize_t n = read(ends[0], text, TEXT_BYTES - 1);
    text[n > 0 ? n : 0] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_function_of_a_library_is_found(void **state)
{
    (void)state;
    char text[TEXT_BYTES];
    assert_int_equal(load_in_child(text, "libm.so.6", "cos"), 0);
    assert_string_equal(text, "");
}

static void a_library_that_is_missing_ends_the_program_as_at_its_start(void **state)
{
    (void)state;
    char text[TEXT_BYTES];
    assert_int_equal(load_in_child(text, "libnobody.so.1", "cos"), STATUS_NO_LIBRARY);
    assert_non_null(strstr(text, "sluice: cannot load libnobody.so.1: "));
}

static void so_does_a_function_that_is_missing(void **state)
{
    (void)state;
    char text[TEXT_BYTES];
    assert_int_equal(load_in_child(text, "libm.so.6", "no_such_curve"), STATUS_NO_LIBRARY);
    assert_non_null(strstr(text, "no_such_curve"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_of_a_library_is_found),
        cmocka_unit_test(a_library_that_is_missing_ends_the_program_as_at_its_start),
        cmocka_unit_test(so_does_a_function_that_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
