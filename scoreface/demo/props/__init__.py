"""What the people of the demo's photos wear, and what is before their faces: clothes, long hair, glasses, hands."""
