# The web client, then the binary that embeds it, then an image with little more than that binary.
FROM node:22-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM rust:1.95-bookworm AS binary
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src ./src
COPY migrations ./migrations
COPY mail-templates ./mail-templates
COPY web/pages ./web/pages
COPY web/styles ./web/styles
COPY web/enhance ./web/enhance
COPY web/board/model/generated ./web/board/model/generated
COPY --from=web /src/web/board/dist ./web/board/dist
# Not built, but the manifest names them.
COPY tests ./tests
RUN cargo build --release --locked \
    && install -D target/release/parcours /out/parcours

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin parcours \
    && install -d -o parcours -g parcours -m 750 /data
COPY --from=binary /out/parcours /usr/local/bin/parcours
USER parcours
WORKDIR /data
VOLUME /data
ENV PARCOURS_LISTEN=0.0.0.0:3000 \
    PARCOURS_DATABASE_URL=sqlite:///data/parcours.db
EXPOSE 3000
# Boards are saved and browsers told to come back: give it the time.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/healthz"]
ENTRYPOINT ["parcours"]
CMD ["serve"]
