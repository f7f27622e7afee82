"""The record: facts about customers and people, each with the day it happened and the day we learned it."""
