"""A company to try: generated at any size, the same for the same seed, with the truth behind it written beside."""

from keepwell.demo.make import TODAY, Made, WorthALook, make_company

__all__ = ["TODAY", "Made", "WorthALook", "make_company"]
