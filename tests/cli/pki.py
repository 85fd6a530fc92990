"""A throwaway CA, made with the openssl command: certificates that are good, and certificates that are not."""

import pathlib
import subprocess

CONFIGURATION = """
[ca]
default_ca = throwaway
[throwaway]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = anything
unique_subject = no
string_mask = utf8only
[anything]
commonName = supplied
[req]
distinguished_name = subject
prompt = no
string_mask = utf8only
utf8 = yes
[subject]
{above}CN = {name}
[ca_extensions]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf_extensions]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
{alternatives}
"""


def openssl(*arguments, prefix=()):
    done = subprocess.run([*prefix, "openssl", *[str(one) for one in arguments]], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {' '.join(str(one) for one in arguments)}: {done.stdout.decode()}")


class Certificate:
    """Files of a certificate: itself, the chain that a server sends, and its key."""

    def __init__(self, leaf, intermediate):
        self.leaf = pathlib.Path(leaf)
        self.key = self.leaf.with_suffix(".key")
        self.intermediate = intermediate
        self.chain = self.leaf.with_suffix(".chain")
        self.chain.write_text(self.leaf.read_text() + (intermediate.read_text() if intermediate else ""))


class Authority:
    """A root CA and an intermediate one, which issues. `called`: the common names of the two, in place of the ones that
    are made from `name`; `above`: what stands above them in their subjects, as lines of openssl's configuration."""

    def __init__(self, folder, name="Throwaway", called=None, above=""):
        root, issuing = called or (f"{name} Root CA", f"{name} Issuing CA")
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.count = 0
        self.root = self.folder / "root.pem"
        self._new_key("root.key")
        self._configure(root, above=above)
        openssl("req", "-x509", "-new", "-key", self.folder / "root.key", "-config", self.configuration, "-days", "30",
                "-extensions", "ca_extensions", "-out", self.root)
        self._new_key("ca.key")
        self._configure(issuing, above=above)
        openssl("req", "-new", "-key", self.folder / "ca.key", "-config", self.configuration, "-out",
                self.folder / "ca.csr")
        openssl("x509", "-req", "-in", self.folder / "ca.csr", "-CA", self.root, "-CAkey", self.folder / "root.key",
                "-set_serial", "7", "-days", "30", "-extfile", self.configuration, "-extensions", "ca_extensions",
                "-out", self.folder / "ca.pem")
        (self.folder / "index.txt").write_text("")
        (self.folder / "serial").write_text("1000\n")

    def _new_key(self, name):
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.folder / name)

    def _configure(self, name, alternatives="", above=""):
        self.configuration = self.folder / "openssl.cnf"
        self.configuration.write_text(
            CONFIGURATION.format(folder=self.folder, name=name, alternatives=alternatives, above=above),
            encoding="utf-8")

    def _prepare(self, common_name, names):
        self.count += 1
        stem = f"leaf-{self.count}"
        self._new_key(f"{stem}.key")
        alternatives = ""
        if names:
            alternatives = "subjectAltName = @names\n[names]\n"
            alternatives += "".join(f"DNS.{number} = {name}\n" for number, name in enumerate(names))
        self._configure(common_name, alternatives)
        return stem

    def issue(self, *names, common_name=None, start=None, end=None, with_intermediate=True):
        """`start` and `end`: YYYYMMDDHHMMSSZ."""
        stem = self._prepare(common_name or names[0], names)
        openssl("req", "-new", "-key", self.folder / f"{stem}.key", "-config", self.configuration, "-out",
                self.folder / f"{stem}.csr")
        period = ["-startdate", start or "20200101000000Z", "-enddate", end or "20491231000000Z"]
        openssl("ca", "-batch", "-notext", "-config", self.configuration, "-extensions", "leaf_extensions", *period,
                "-in", self.folder / f"{stem}.csr", "-out", self.folder / f"{stem}.pem")
        return Certificate(self.folder / f"{stem}.pem", self.folder / "ca.pem" if with_intermediate else None)

    def self_signed(self, *names, common_name=None):
        stem = self._prepare(common_name or names[0], names)
        openssl("req", "-x509", "-new", "-key", self.folder / f"{stem}.key", "-config", self.configuration, "-days",
                "30", "-extensions", "leaf_extensions", "-out", self.folder / f"{stem}.pem")
        return Certificate(self.folder / f"{stem}.pem", None)

    def revoke(self, certificate):
        openssl("ca", "-config", self.configuration, "-revoke", certificate.leaf)

    def revocation_list(self, name, start=None, end=None):
        """The file of a revocation list in DER, and beside it one in PEM. `start` and `end`: YYYYMMDDHHMMSSZ."""
        pem, der = self.folder / f"{name}.pem", self.folder / f"{name}.crl"
        period = ["-crl_lastupdate", start or "20200101000000Z", "-crl_nextupdate", end or "20491231000000Z"]
        openssl("ca", "-config", self.configuration, "-gencrl", *period, "-out", pem)
        openssl("crl", "-in", pem, "-outform", "DER", "-out", der)
        return der

    def staple(self, certificate, name="good", age=0):
        """The file of an OCSP answer that was made so many days ago, and was valid for a week from then."""
        request, answer = certificate.leaf.with_suffix(".ocsp-request"), certificate.leaf.with_suffix(f".{name}.ocsp")
        ca = self.folder / "ca.pem"
        openssl("ocsp", "-issuer", ca, "-cert", certificate.leaf, "-no_nonce", "-reqout", request)
        openssl("ocsp", "-index", self.folder / "index.txt", "-CA", ca, "-rsigner", ca, "-rkey", self.folder / "ca.key",
                "-reqin", request, "-respout", answer, "-ndays", "7",
                prefix=["faketime", "-f", f"-{age}d"] if age else [])
        return answer
