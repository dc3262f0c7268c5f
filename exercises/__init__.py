"""The exercises, and the checker that grades the tests that learners write."""
