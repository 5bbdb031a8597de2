sl_test(test_watch unit LINKS sl_watch Threads::Threads)
