"""The course's machinery: what checks, carries and serves the stages."""
