# One image a tier, each with its own code and packages only: docker build --target public|private|simulator|edge .
# No secret is needed to build, and none is in a layer: they come as files when a container starts (docs/running.md).

FROM python:3.12-slim-trixie AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN groupadd --gid 10001 vestibule && \
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin vestibule
WORKDIR /app


# Packages are installed aside, so that no image holds what installing them needed.
FROM base AS packages
# pip learned to read dependency groups in 25.1.
RUN python -m venv /opt/venv && pip install --no-cache-dir "pip>=25.1"
COPY pyproject.toml constraints.txt ./

FROM packages AS public-packages
RUN pip install --no-cache-dir --constraint constraints.txt --group public && pip uninstall --yes pip

FROM packages AS private-packages
RUN pip install --no-cache-dir --constraint constraints.txt --group private && pip uninstall --yes pip

FROM packages AS simulator-packages
RUN pip install --no-cache-dir --constraint constraints.txt pydantic starlette uvicorn && pip uninstall --yes pip

FROM packages AS pressed-packages
RUN pip install --no-cache-dir --constraint constraints.txt brotli && pip uninstall --yes pip


# web: knows tickets, never people. No issuing code, no staff pages, no settings of the private tier.
FROM base AS public
COPY --from=public-packages /opt/venv /opt/venv
COPY project/__init__.py project/asgi.py project/bodies.py project/demo.py project/env.py project/handler.py project/headers.py project/health.py \
     project/limits.py project/logs.py project/pages.py project/serve.py project/
COPY project/settings/__init__.py project/settings/base.py project/settings/public.py project/settings/
COPY project/urls/__init__.py project/urls/public.py project/urls/
COPY queueing/*.py queueing/
COPY queueing/lua queueing/lua
COPY queueing/pages queueing/pages
COPY frontend/*.html frontend/plain.js frontend/
COPY frontend/locales frontend/locales
COPY frontend/screens frontend/screens
COPY frontend/static frontend/static
RUN chmod -R a+rX . && python -m compileall -q .
ENV DJANGO_SETTINGS_MODULE=project.settings.public \
    OPS_ADDRESS=0.0.0.0:9100
USER 10001:10001
EXPOSE 8000 9100
# Asks the event loop that serves people, not the thread that serves metrics.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "project.serve", "--host", "0.0.0.0", "--port", "8000"]


# usher, worker, console, migrate, and all commands of manage.py; the command says which.
FROM base AS private
COPY --from=private-packages /opt/venv /opt/venv
COPY manage.py ./
COPY project/__init__.py project/bodies.py project/broker.py project/console.py project/demo.py project/env.py project/logs.py \
     project/worker.py project/
COPY project/local/__init__.py project/local/folders.py project/local/redis_users.py project/local/remembered.py \
     project/local/
COPY project/management project/management
COPY project/settings/__init__.py project/settings/base.py project/settings/offline.py project/settings/private.py \
     project/settings/
COPY project/urls/__init__.py project/urls/private.py project/urls/
COPY queueing queueing
COPY issuance/*.py issuance/
COPY issuance/fonts issuance/fonts
COPY issuance/paper issuance/paper
COPY issuance/lua issuance/lua
COPY issuance/management issuance/management
COPY issuance/migrations issuance/migrations
COPY issuance/registry/*.py issuance/registry/
COPY issuance/templates issuance/templates
COPY issuance/verification issuance/verification
COPY deploy/*.py deploy/
COPY deploy/redis/*.acl deploy/redis/
RUN chmod -R a+rX . && python -m compileall -q .
ENV DJANGO_SETTINGS_MODULE=project.settings.private \
    OPS_ADDRESS=0.0.0.0:9100
USER 10001:10001
EXPOSE 9100
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9100/healthz', timeout=4)"]
CMD ["python", "manage.py", "help"]


# The registry's stand-in for demonstrations and rehearsals: synthetic citizens, nobody's secrets.
FROM base AS simulator
COPY --from=simulator-packages /opt/venv /opt/venv
COPY issuance/__init__.py issuance/
COPY issuance/registry issuance/registry
RUN chmod -R a+rX . && python -m compileall -q .
USER 10001:10001
EXPOSE 8089
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8089/simulator/stats', timeout=4)"]
CMD ["python", "-m", "issuance.registry.simulator", "--host", "0.0.0.0", "--port", "8089"]


# What is static, as it is sent: linked, compressed, named after its content.
FROM base AS pressed
COPY --from=pressed-packages /opt/venv /opt/venv
COPY queueing/__init__.py queueing/errors.py queueing/
COPY queueing/pages queueing/pages
COPY frontend/404.html frontend/trouble.html frontend/
COPY frontend/locales frontend/locales
COPY frontend/static frontend/static
RUN python -m queueing.pages.press /srv/frontend


# nginx with what is static; listens on ports that need no privilege.
FROM nginx:1.30-alpine AS edge
COPY deploy/nginx/*.conf /etc/nginx/
COPY --from=pressed /srv/frontend /srv/frontend
RUN rm -r /etc/nginx/conf.d && chmod -R a+rX /etc/nginx /srv/frontend
USER 101:101
EXPOSE 8080 8443
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s --retries=3 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8081/"]
ENTRYPOINT ["nginx", "-g", "daemon off;"]
