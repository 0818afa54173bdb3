"""What the tests of generated workloads stand on: synthetic rows, and a workload folder under test."""
