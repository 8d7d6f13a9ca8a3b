"""What the house does: reports, takedowns that show their reach beforehand, appeals."""
