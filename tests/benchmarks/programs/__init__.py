"""What benchmarks run in processes of their own, and how they watch them."""
