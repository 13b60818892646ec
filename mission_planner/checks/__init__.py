"""What is judged before a mission may fly, each finding with a stable code."""
