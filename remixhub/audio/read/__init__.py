"""What a file is and its samples: sniffed, its header read in Python, decoded as float32 blocks."""
