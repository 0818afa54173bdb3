"""Onboarding of public data sets that were not used while building: what is proposed, and what a reader found wrong."""
