# What envs/tf_flame.yaml has, as an image, for machines where no channel has Python 3.7 any more:
#     docker build -f envs/tf_flame.Dockerfile -t scoreface-tf-flame:0.1.0 .
# Not built where this file was written: no container engine was at hand there. Linux on x86-64 only.
FROM python:3.7-slim-bookworm

COPY envs/tf_flame.yaml /tmp/
RUN sed -n 's/^      - \([^ ]*==[^ ]*\).*/\1/p' /tmp/tf_flame.yaml > /tmp/pins.txt \
    && pip install --no-cache-dir -r /tmp/pins.txt \
    && rm /tmp/pins.txt /tmp/tf_flame.yaml

# The package is not in the image: the workflow sets PYTHONPATH to its own.
