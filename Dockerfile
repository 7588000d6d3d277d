# syntax=docker/dockerfile:1
#
#   npm run docker-build                              IMG names the image
#   docker build --target engine -t edict-engine .    without a rule set: mount one at /rules, or build on it
ARG NODE_VERSION=24
ARG GO_VERSION=1.26

FROM golang:${GO_VERSION}-bookworm AS go

# What npm publishes, made from the sources: the bundled command, and its WebAssembly parts.
FROM node:${NODE_VERSION}-bookworm AS build
COPY --from=go /usr/local/go /usr/local/go
ENV PATH=/usr/local/go/bin:$PATH GOTOOLCHAIN=local
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json README.md LICENSE ./
COPY docs docs
COPY tools tools
COPY engine engine
RUN npm pack --silent --pack-destination /tmp \
 && mkdir /app \
 && tar -xzf /tmp/edict-*.tgz --strip-components=1 -C /app \
 && chmod 755 /app/dist/bin/edict.js

FROM node:${NODE_VERSION}-bookworm-slim AS engine
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* \
 && install -d -o 65532 -g 65532 /var/lib/edict
COPY --from=build /app /app
RUN ln -s /app/dist/bin/edict.js /usr/local/bin/edict
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Edict" \
      org.opencontainers.image.description="Kubernetes operators written as rules" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The root may be read-only: all that is written is in these two.
VOLUME ["/var/lib/edict", "/tmp"]
ENV EDICT_WASM=/app/dist/wasm HOME=/tmp NODE_ENV=production XDG_CACHE_HOME=/var/lib/edict/cache
USER 65532:65532
# Metrics, health, webhooks.
EXPOSE 8080 8081 9443
ENTRYPOINT ["edict"]
CMD ["--root=/rules", "--state=/var/lib/edict", "run"]

FROM engine
COPY edict.yaml /rules/
COPY crds /rules/crds
COPY rules /rules/rules
COPY templates /rules/templates
COPY policies /rules/policies
COPY charts /rules/charts
# An image with a faulty rule set is not built.
RUN XDG_CACHE_HOME=/tmp edict --root=/rules check
