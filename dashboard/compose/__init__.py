"""What joins the stages: the demo loop and the check of the machine."""
