# The image runs one Docent server: alone with an index in /data, or as one of many with PostgreSQL (see compose.yaml).

# What the server needs at run time. A stage of its own, so that a change of the sources leaves this large layer as it is.
FROM node:22-bookworm AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# .npmrc forbids install scripts, so the one native module is compiled by name, with the headers the image brings.
# ONNX Runtime ships its libraries for every system: two thirds of its size are of no use here.
RUN npm ci --omit=dev \
    && npm rebuild hnswlib-node --ignore-scripts=false --nodedir=/usr/local \
    && node -e "require('hnswlib-node')" \
    && rm -rf node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32

# dist/, which needs the compilers.
FROM packages AS build
RUN npm install --no-save --include=dev
COPY tsconfig.json tsconfig.browser.json ./
COPY scripts scripts
COPY src src
RUN node scripts/setup.mjs

FROM node:22-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data \
    INDEX_DIR=/data/index \
    MODEL_CACHE_DIR=/data/models
# The folders exist with the right owner, because a new volume takes both from here. The documents are mounted and never
# part of the image: they may be private.
RUN mkdir -p /data/index /data/models /app/corpus && chown -R node:node /data
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json package-lock.json tsconfig.json LICENSE ./
COPY models models
# The migrations are read from src/; with all of it scripts/doctor.mjs and scripts/mcp.mjs see that dist/ is up to date.
COPY scripts scripts
COPY src src
# By number (it is "node"), so that Kubernetes can tell that it is not root.
USER 1000:1000
EXPOSE 3000
# Whether the process answers, not whether the database does: who restarts on this must not restart all for that.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not through npm, which does not pass SIGTERM on. Nothing is built or installed here.
CMD ["node", "dist/src/server.js"]
