FROM node:20-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN npm ci && npm run build && npm pack

FROM node:20-bookworm-slim
COPY --from=build /src/attache-proxy-*.tgz /tmp/
RUN npm install --global --ignore-scripts /tmp/attache-proxy-*.tgz && rm /tmp/*.tgz
# It runs as PID 1 and handles its signals itself.
ENTRYPOINT ["attache"]
CMD ["-c", "/etc/envoy/envoy.yaml"]
