"""What ./dev calls: daemons of the demo, checks, guest images for tests, the test run."""
