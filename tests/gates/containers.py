#!/usr/bin/python3
"""docker/compose.yml and kubernetes/*.yaml: what a reviewer would look for first, and what their tools would refuse.

Compose, each service: a pinned image; an ordinary user; a read-only root; no capability and no way to new ones; a health
check; ports on loopback alone; secrets as files, and declared; bind mounts of what is there. docker-compose reads the file
as well (Debian's knows no top-level `name`, which is left out for it).

Kubernetes: each key is one that its object has (the cluster would pass over a misspelt one in silence, and with it what it
was to protect); every container keeps to the standard `restricted` and says what it takes; volumes, ports, selectors and
names lead somewhere. No cluster runs here, and kubectl checks nothing without one.

Usage: containers.py [--self-test]
"""
import copy
import pathlib
import re
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker" / "compose.yml"
SECRET = re.compile(r"(passw(or)?d|secret|token|credential|api_?key|private_?key)", re.IGNORECASE)


def pinned(image):
    tag = image.rpartition("/")[2].partition(":")[2]
    return "@sha256:" in image or (tag and tag != "latest" and "$" not in tag)


# --- Compose ----------------------------------------------------------------------------------------------------------


def check_service(name, service, declared):
    def say(problem):
        problems.append(f"{name}: {problem}")

    problems = []
    if not pinned(service.get("image", "")):
        say("its image is not pinned to a release")
    # Variables have an ordinary user's number where nobody sets them.
    user = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", str(service.get("user", "")))
    if user.split(":")[0] in ("", "0", "root") or "$" in user:
        say("it runs as root")
    if service.get("read_only") is not True:
        say("its root is writable")
    if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
        say("it keeps capabilities")
    if "no-new-privileges:true" not in service.get("security_opt", []):
        say("it may gain privileges")
    for key in ("privileged", "network_mode", "pid", "ipc", "devices", "userns_mode"):
        if key in service:
            say(f"it shares {key} with the host")
    if not service.get("healthcheck", {}).get("test"):
        say("it has no health check")
    for port in service.get("ports", []):
        if not str(port).startswith("127.0.0.1:"):
            say(f"port {port} is open to the network")
    for key, value in (service.get("environment") or {}).items():
        if SECRET.search(key) and not key.endswith("__FILE"):
            say(f"{key} is a secret in its environment")
        if key.endswith("__FILE") and value.removeprefix("/run/secrets/") not in service.get("secrets", []):
            say(f"{key} names a secret that it is not given")
    for secret in service.get("secrets", []):
        if secret not in declared:
            say(f"there is no secret {secret}")
    for text in service.get("command", []):
        for used in re.findall(r"/run/secrets/(\w+)", text):
            if used not in service.get("secrets", []):
                say(f"it reads the secret {used}, which it is not given")
    for volume in service.get("volumes", []):
        source, _, rest = volume.partition(":")
        if "docker.sock" in volume or not rest.endswith(":ro"):
            say(f"{volume} is writable, or the daemon's socket")
        elif not (COMPOSE.parent / source).exists():
            say(f"there is no {source}")
    return problems


def check_compose(document):
    problems = []
    for secret, source in document.get("secrets", {}).items():
        if set(source) != {"file"}:
            problems.append(f"the secret {secret} is not a file")
    for name, service in document["services"].items():
        problems += check_service(name, service, document.get("secrets", {}))
        for other in service.get("depends_on", {}):
            if other not in document["services"]:
                problems.append(f"{name}: there is no service {other}")
    return problems


def run_compose(text):
    text = re.sub(r"^name:.*\n", "", text, flags=re.MULTILINE)
    done = subprocess.run(["docker-compose", "--file", "-", "--project-directory", str(COMPOSE.parent), "config", "--quiet"],
                          input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return [] if done.returncode == 0 else [done.stdout.decode()]


# --- Kubernetes -------------------------------------------------------------------------------------------------------

# The part of the API that is used here: a key that is not listed is misspelt, or is added here. `...` is any value.
ANY = ...
NAMES = {ANY: ANY}
PROBE = {"httpGet": {"path": ANY, "port": ANY}, "periodSeconds": int, "failureThreshold": int, "timeoutSeconds": int}
CONTAINER = {
    "name": str, "image": str, "command": [str], "args": [str], "ports": [{"name": str, "containerPort": int}],
    "startupProbe": PROBE, "livenessProbe": PROBE, "readinessProbe": PROBE,
    "securityContext": {"allowPrivilegeEscalation": bool, "readOnlyRootFilesystem": bool, "capabilities": {"drop": [str]}},
    "resources": {"requests": {"cpu": ANY, "memory": str}, "limits": {"cpu": ANY, "memory": str}},
    "volumeMounts": [{"name": str, "mountPath": str, "readOnly": bool}],
}
META = {"name": str, "namespace": str, "labels": NAMES, "annotations": NAMES}
POD = {
    "automountServiceAccountToken": bool, "terminationGracePeriodSeconds": int, "restartPolicy": str,
    "securityContext": {"runAsNonRoot": bool, "runAsUser": int, "runAsGroup": int, "fsGroup": int,
                        "seccompProfile": {"type": str}},
    "initContainers": [CONTAINER], "containers": [CONTAINER],
    "volumes": [{"name": str, "configMap": {"name": str}, "secret": {"secretName": str, "defaultMode": int},
                 "emptyDir": {"medium": str, "sizeLimit": str}, "persistentVolumeClaim": {"claimName": str}}],
}
TEMPLATE = {"metadata": {"labels": NAMES}, "spec": POD}
KINDS = {
    ("v1", "Namespace"): {},
    ("v1", "ConfigMap"): {"data": NAMES},
    ("v1", "Secret"): {"type": str, "stringData": NAMES},
    ("v1", "PersistentVolumeClaim"): {"spec": {"accessModes": [str], "resources": {"requests": {"storage": str}}}},
    ("v1", "Service"): {"spec": {"selector": NAMES, "publishNotReadyAddresses": bool,
                                 "ports": [{"name": str, "port": int, "targetPort": ANY}]}},
    ("apps/v1", "Deployment"): {"spec": {"replicas": int, "strategy": {"type": str}, "selector": {"matchLabels": NAMES},
                                         "template": TEMPLATE}},
    ("batch/v1", "CronJob"): {"spec": {
        "schedule": str, "concurrencyPolicy": str, "startingDeadlineSeconds": int, "successfulJobsHistoryLimit": int,
        "failedJobsHistoryLimit": int,
        "jobTemplate": {"spec": {"backoffLimit": int, "activeDeadlineSeconds": int, "ttlSecondsAfterFinished": int,
                                 "template": TEMPLATE}}}},
    ("monitoring.coreos.com/v1", "PodMonitor"): {"spec": {
        "jobLabel": str, "selector": {"matchLabels": NAMES},
        "podMetricsEndpoints": [{"port": str, "path": str, "interval": str, "honorLabels": bool,
                                 "authorization": {"type": str, "credentials": {"name": str, "key": str}}}]}},
}


def misfits(value, shape, path):
    """Where a value is not of its shape."""
    if shape is ANY:
        return []
    if isinstance(shape, type):
        good = isinstance(value, shape) and not (shape is int and isinstance(value, bool))
        return [] if good else [f"{path} is no {shape.__name__}"]
    if isinstance(shape, list):
        if not isinstance(value, list) or not value:
            return [f"{path} is no list, or an empty one"]
        return [one for number, item in enumerate(value) for one in misfits(item, shape[0], f"{path}[{number}]")]
    if not isinstance(value, dict):
        return [f"{path} has no keys"]
    found = []
    for key, item in value.items():
        if key not in shape and ANY not in shape:
            found.append(f"{path} has no key {key}")
        else:
            found += misfits(item, shape.get(key, ANY), f"{path}.{key}")
    return found


def pod_of(document):
    spec = document.get("spec", {})
    if document["kind"] == "CronJob":
        return spec["jobTemplate"]["spec"]["template"]
    return spec.get("template")


def check_pod(pod, named):
    problems = []
    context = pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True or context.get("runAsUser", 0) == 0:
        problems.append("it may run as root")
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        problems.append("no seccomp profile")
    if pod.get("automountServiceAccountToken") is not False:
        problems.append("it is given a token of the cluster that it has no use for")
    volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
    for volume in volumes.values():
        for kind, key in (("ConfigMap", "name"), ("Secret", "secretName"), ("PersistentVolumeClaim", "claimName")):
            source = volume.get(kind[0].lower() + kind[1:])
            if source and (kind, source[key]) not in named:
                problems.append(f"there is no {kind} {source[key]}")
        if "secret" in volume and volume["secret"].get("defaultMode", 0o644) & 0o007:
            problems.append("everybody can read its secrets")
    for container in [*pod.get("initContainers", []), *pod["containers"]]:
        name, own = container["name"], container.get("securityContext", {})
        if own.get("allowPrivilegeEscalation") is not False or own.get("capabilities") != {"drop": ["ALL"]}:
            problems.append(f"{name} keeps privileges")
        if own.get("readOnlyRootFilesystem") is not True:
            problems.append(f"{name} has a writable root")
        if not pinned(container["image"]):
            problems.append(f"{name}: its image is not pinned to a release")
        if "memory" not in container.get("resources", {}).get("limits", {}):
            problems.append(f"{name} may take all memory")
        problems += [f"{name}: there is no volume {mount['name']}" for mount in container.get("volumeMounts", [])
                     if mount["name"] not in volumes]
        ports = {port["name"] for port in container.get("ports", [])}
        for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
            if kind in container and container[kind]["httpGet"]["port"] not in ports:
                problems.append(f"{name}: there is no port for its {kind}")
            if ports and kind not in container:
                problems.append(f"{name} has no {kind}")
    return problems


def within(labels, wanted):
    return bool(wanted) and wanted.items() <= labels.items()


def check_kubernetes(documents):
    problems = []
    named = {(document["kind"], document["metadata"]["name"]) for document in documents}
    pods = [pod_of(document) for document in documents if pod_of(document)]
    for document in documents:
        who = f"{document['kind']} {document['metadata']['name']}"
        shape = KINDS.get((document["apiVersion"], document["kind"]))
        if shape is None:
            problems.append(f"{who}: no such kind is known here")
            continue
        found = misfits(document, {"apiVersion": str, "kind": str, "metadata": META, **shape}, who)
        problems += found
        if document["kind"] != "Namespace" and ("Namespace", document["metadata"].get("namespace")) not in named:
            problems.append(f"{who}: it is in no namespace of these")
        pod = pod_of(document)
        if pod and not found:
            problems += [f"{who}: {problem}" for problem in check_pod(pod["spec"], named)]
        selector = document.get("spec", {}).get("selector")
        if selector:
            selector = selector.get("matchLabels", selector)
            if not any(within(pod["metadata"]["labels"], selector) for pod in pods):
                problems.append(f"{who}: it selects no pod")
    return problems


def kubernetes_documents():
    return [document for path in sorted((ROOT / "kubernetes").glob("*.yaml"))
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))]


# --- both -------------------------------------------------------------------------------------------------------------


def check_all():
    text = COMPOSE.read_text(encoding="utf-8")
    problems = check_compose(yaml.safe_load(text)) + run_compose(text) + check_kubernetes(kubernetes_documents())
    for problem in problems:
        print(problem)
    print(f"{len(kubernetes_documents())} Kubernetes objects, {len(yaml.safe_load(text)['services'])} services")
    return 1 if problems else 0


def self_test():
    failures, tried = [], []

    def bad(what, good, check, change):
        tried.append(what)
        document = copy.deepcopy(good)
        change(document)
        if not check(document):
            failures.append(f"missed: {what}")

    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    for key, value in {"image": "prom/prometheus", "user": "0:0", "read_only": False, "cap_drop": [], "security_opt": [],
                       "privileged": True, "healthcheck": {}, "ports": ["9090:9090"], "environment": {"TOKEN": "x"},
                       "secrets": ["nowhere"], "volumes": ["/var/run/docker.sock:/var/run/docker.sock:ro"],
                       "command": ["--token=/run/secrets/grafana_admin"], "depends_on": ["nobody"]}.items():
        bad(f"compose {key}", compose, check_compose,
            lambda document, key=key, value=value: document["services"]["prometheus"].update({key: value}))
    if not run_compose("services: {one: {image: x, kommand: [y]}}"):
        failures.append("missed: a misspelt key in a compose file")

    documents = kubernetes_documents()
    deployment = next(number for number, one in enumerate(documents) if one["kind"] == "Deployment")
    cron_job = next(number for number, one in enumerate(documents) if one["kind"] == "CronJob")

    def container(document):
        return pod_of(document[deployment])["spec"]["containers"][0]

    for what, change in {
        "misspelt key": lambda d: container(d).update(securtyContext={}),
        "escalation": lambda d: container(d)["securityContext"].update(allowPrivilegeEscalation=True),
        "no context": lambda d: container(d).pop("securityContext"),
        "latest": lambda d: container(d).update(image="fdnprobe:latest"),
        "no limit": lambda d: container(d).pop("resources"),
        "no probe": lambda d: container(d).pop("readinessProbe"),
        "lost volume": lambda d: container(d)["volumeMounts"][0].update(name="nowhere"),
        "root": lambda d: pod_of(d[cron_job])["spec"]["securityContext"].update(runAsUser=0),
        "token": lambda d: pod_of(d[cron_job])["spec"].pop("automountServiceAccountToken"),
        "lost secret": lambda d: d.__delitem__(next(n for n, one in enumerate(d) if one["kind"] == "Secret")),
        "selects nothing": lambda d: next(o for o in d if o["kind"] == "Service")["spec"].update(selector={"a": "b"}),
        "wrong version": lambda d: d[cron_job].update(apiVersion="batch/v1beta1"),
    }.items():
        bad(f"kubernetes {what}", documents, check_kubernetes, change)
    for failure in failures:
        print(failure)
    print(f"{len(tried)} bad files, {len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(self_test() if sys.argv[1:] == ["--self-test"] else check_all())
