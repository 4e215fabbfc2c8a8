"""Public pages: tip-off form, receipt look-up, published results."""
