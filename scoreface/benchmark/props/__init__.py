"""What stands before and behind the heads of the benchmark's photos: clothes, hair, glasses, hands, rooms."""
