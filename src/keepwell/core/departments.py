"""Which departments are there? A company's teams belong to them, and its costs are booked on them."""

DEPARTMENTS = ("marketing", "sales", "delivery", "success", "support", "product", "finance", "it", "other")
