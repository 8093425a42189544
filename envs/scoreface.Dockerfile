# What envs/scoreface.yaml has, as an image: docker build -f envs/scoreface.Dockerfile -t scoreface:0.1.0 .
# Not built where this file was written: no container engine was at hand there. PyTorch3D is left out, since PyPI has none
# for this Python: camera.rasteriser is embree here. For GPUs, take PyTorch's index of CUDA builds in place of the CPU's.
FROM python:3.11-slim-bookworm

COPY envs/scoreface.yaml /tmp/
RUN sed -n 's/^      - \([^ ]*==[^ ]*\).*/\1/p' /tmp/scoreface.yaml > /tmp/pins.txt \
    && pip install --no-cache-dir torch==2.13.0 -r /tmp/pins.txt \
    && rm /tmp/pins.txt /tmp/scoreface.yaml

# The package is not in the image: the workflow sets PYTHONPATH to its own.
