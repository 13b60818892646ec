"""Tasks and areas to missions that a given vehicle can fly, checked and exported."""
