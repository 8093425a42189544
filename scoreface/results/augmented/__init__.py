"""Pictures of the complete head for training and testing recognisers, each with how far the photo bears it out."""
