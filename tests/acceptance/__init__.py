"""The contract as checks: black box, over HTTP, against a server started as a learner starts it."""
