# syntax=docker/dockerfile:1
# Digests come by `scripts/pin-images`: empty, or `@sha256:…`.
ARG NODE_DIGEST=""
ARG PYTHON_DIGEST=""
ARG POSTGRES_DIGEST=""
FROM node:22.22.2-bookworm-slim${NODE_DIGEST} AS front
WORKDIR /remixhub/web/frontend
COPY remixhub/web/frontend/package.json remixhub/web/frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY remixhub/web/frontend ./
RUN npm run build

FROM python:3.13.14-slim-bookworm${PYTHON_DIGEST} AS wheels
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

# pg_dump must be as new as the server, and Debian's is not
FROM postgres:17.10-bookworm${POSTGRES_DIGEST} AS postgres
RUN mkdir /libraries && cp /usr/lib/*-linux-gnu/libpq.so.5* /libraries/

FROM python:3.13.14-slim-bookworm${PYTHON_DIGEST}
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap libpq5 liblz4-1 libzstd1 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 remixhub \
 && useradd --system --uid 10001 --gid 10001 --home-dir /srv/remixhub remixhub \
 && install -d -o remixhub -g remixhub /work /metrics
COPY --from=wheels /venv /venv
COPY --from=postgres /libraries /usr/local/lib
COPY --from=postgres /usr/lib/postgresql/17/bin/pg_dump /usr/lib/postgresql/17/bin/pg_restore /usr/lib/postgresql/17/bin/
RUN ldconfig && /usr/lib/postgresql/17/bin/pg_dump --version
WORKDIR /srv/remixhub
COPY remixhub ./remixhub
COPY workers ./workers
COPY migrations ./migrations
COPY wsgi.py ./
COPY docs/problems.md ./docs/problems.md
COPY --from=front /remixhub/web/static/build ./remixhub/web/static/build
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    REMIXHUB_WORK_DIR=/work \
    PROMETHEUS_MULTIPROC_DIR=/metrics
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "-c", "python:remixhub.serving", "wsgi:app", "--bind", "0.0.0.0:8000"]
