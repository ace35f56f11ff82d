"""What the pages of the site compute, and the proofs that they tell everything."""
