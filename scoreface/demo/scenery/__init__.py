"""What is behind the heads of the demo's photos: walls, rooms, foliage, crowds, lights."""
