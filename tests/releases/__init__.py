"""What earlier releases left behind: rows of the first, and the code of the step before."""
