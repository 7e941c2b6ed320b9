# check=error=true

# The image of beyondtrust_exporter: the static binary, the authorities it trusts and the licences.
#
#   make image                          for this machine, with the version of this checkout
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=1.2.3 .
#
# What the arguments say of the build is linked into the binary by the Makefile, as in every other build.
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
ARG BRANCH=unknown
ARG BUILD_DATE=unknown

# The build runs on the machine's own platform and compiles for the other.
FROM --platform=$BUILDPLATFORM golang:1.26.8 AS build
WORKDIR /src
# The modules are a layer of their own: they change more seldom than the code.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build make notices
ARG VERSION
ARG REVISION
ARG BRANCH
ARG BUILD_DATE
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/root/.cache/go-build \
    GOOS="$TARGETOS" GOARCH="$TARGETARCH" make build \
      VERSION="$VERSION" REVISION="$REVISION" BRANCH="$BRANCH" BUILD_DATE="$BUILD_DATE" \
    && mkdir storage

# The binary needs nothing of a distribution but the authorities, which the build's image has, so there is no second base
# image to keep up to date, and no shell.
FROM scratch
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.title="beyondtrust_exporter" \
      org.opencontainers.image.description="Prometheus exporter for BeyondTrust Remote Support and Privileged Remote Access appliances" \
      org.opencontainers.image.url="https://github.com/beyondtrust-exporter/beyondtrust_exporter" \
      org.opencontainers.image.source="https://github.com/beyondtrust-exporter/beyondtrust_exporter" \
      org.opencontainers.image.documentation="https://github.com/beyondtrust-exporter/beyondtrust_exporter/blob/main/README.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY LICENSE /LICENSE
COPY --from=build /src/THIRD_PARTY_NOTICES /THIRD_PARTY_NOTICES
# A volume that is mounted here belongs to the exporter, which --storage.directory needs.
COPY --from=build --chown=65532:65532 /src/storage /var/lib/beyondtrust_exporter
COPY --from=build /src/beyondtrust_exporter /bin/beyondtrust_exporter
# As a number, since Kubernetes cannot tell from a name that it is not root.
USER 65532:65532
EXPOSE 10985
# There is no HEALTHCHECK: the probes, /-/healthy and /-/ready, are HTTP, and the image has nothing to ask them with.
ENTRYPOINT ["/bin/beyondtrust_exporter"]
