"""Does pose augmentation help: a small recogniser trained on synthetic heads with and without rendered views."""
