"""Who signs for an endpoint: what is learned at a good place, and what is noticed at another; CAs that only this host
trusts; one CA for unrelated names. The servers are openssl s_server."""

import pathlib
import tomllib

import pki
import servers_test
import support

NAME = "service.example"
SYSTEM_BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


class Signers(servers_test.Servers):
    """A good CA, and the one of a corporation that inspects TLS."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.corporate = pki.Authority(cls.common / "corporate", "Corp")

    def at(self, certificate, *options, trust="public", names=(NAME,), prefix=(), env=None, server=(), **keys):
        """Checks these names, all of which are a server with this certificate."""
        with servers_test.s_server(certificate, *server) as port:
            site = self.site(hosts={f"{name}:tcp/443": f"127.0.0.1:{port}" for name in names})
            rows = {f"row-{number}": support.row("tls", 443, name, trust=trust, **keys)
                    for number, name in enumerate(names)}
            return support.check("--targets", self.table(rows), "--site", site, "--timeout", "3", *options,
                                 prefix=prefix, env=env)

    def trusted(self, certificate, *options, **others):
        return self.at(certificate, "--ca-file", self.authority.root, *options, **others)

    def learn(self, certificate, **others):
        file = self.folder / "baseline.toml"
        result = self.trusted(certificate, "--learn", file, **others)
        self.assert_exit(result, 0)
        self.assertEqual(result.err, "")
        return file

    def intercepted(self, result, confidence):
        check = self.assert_verdict(result, "row-0", "intercepted", "tls-intercepted")
        self.assertEqual(check["confidence"], confidence, check)
        return check


class Baseline(Signers):
    def reachable(self, result):
        self.assertEqual(result.err, "")
        self.assert_exit(result, 0)
        return self.assert_verdict(result, "row-0", "reachable", "answered")

    def test_what_is_learned(self):
        certificate = self.authority.issue(NAME)
        file = self.learn(certificate)
        text = file.read_text()
        learned = tomllib.loads(text)
        self.assertEqual(learned["schema"], "fdnprobe.baseline/1")
        [endpoint] = learned["endpoint"]
        self.assertEqual((endpoint["host"], endpoint["port"]), (NAME, "TCP/443"))
        self.assertEqual(endpoint["issuer_name"], "Throwaway Issuing CA")
        self.assertIn("CN=Throwaway Issuing CA", endpoint["issuer"])
        self.assertRegex(endpoint["key"], "^[0-9a-f]{64}$")
        self.assertRegex(endpoint["issuer_key"], "^[0-9a-f]{64}$")
        self.assertEqual([one.name for one in self.folder.iterdir() if one.name.startswith("baseline")],
                         ["baseline.toml"])
        good = support.run("validate", file)
        self.assert_exit(good, 0)
        self.assertIn("a good baseline: 1 endpoints", good.out)
        # Once more: the same, but for the time.
        again = self.learn(certificate).read_text()
        self.assertEqual(*(["" if line.startswith("learned") else line for line in one.splitlines()]
                           for one in (text, again)))

    def test_the_same_signer(self):
        for trust in ("public", "any"):
            first = self.authority.issue(NAME)
            file = self.learn(first, trust=trust)
            for certificate in (first, self.authority.issue(NAME)):
                check = self.reachable(self.trusted(certificate, "--baseline", file, trust=trust))
                self.assertEqual(check["warnings"], [])

    def test_an_inspector(self):
        file = self.learn(self.authority.issue(NAME))
        result = self.trusted(self.corporate.issue(NAME), "--baseline", file)
        self.assert_exit(result, 1)
        self.assertIn("signed by 'Corp Issuing CA', not by a public CA; at the good place it was 'Throwaway Issuing CA'",
                      self.intercepted(result, "likely")["summary"])

    def test_an_inspector_where_any_signer_will_do(self):
        """Only the baseline can tell."""
        file = self.learn(self.authority.issue(NAME), trust="any")
        inspected = self.corporate.issue(NAME)
        self.reachable(self.at(inspected, trust="any"))
        check = self.intercepted(self.at(inspected, "--baseline", file, trust="any"), "possible")
        self.assertIn("signed by 'Corp Issuing CA'; at the good place it was 'Throwaway Issuing CA'", check["summary"])
        self.assertIn("--learn", check["advice"])

    def test_an_issuer_with_the_same_name(self):
        """Names can be copied, and so can the issuer's certificate; its key cannot."""
        file = self.learn(self.authority.issue(NAME), trust="any")
        impostor = pki.Authority(self.folder / "impostor")
        check = self.intercepted(self.at(impostor.issue(NAME), "--baseline", file, trust="any"), "possible")
        self.assertIn("it was 'Throwaway Issuing CA' with another key", check["summary"])
        forged = impostor.issue(NAME)
        forged.intermediate = self.authority.folder / "ca.pem"
        self.intercepted(self.at(forged, "--baseline", file, trust="any"), "possible")

    def test_another_public_ca(self):
        file = self.learn(self.authority.issue(NAME))
        result = self.trusted(self.corporate.issue(NAME), "--ca-file", self.corporate.root, "--baseline", file)
        [warning] = self.reachable(result)["warnings"]
        self.assertEqual(warning, "The certificate is signed by 'Corp Issuing CA'; at the good place it was "
                                  "'Throwaway Issuing CA'.")

    def test_a_key_of_its_own(self):
        certificate = self.authority.self_signed(NAME)
        file = self.learn(certificate, trust="any")
        self.reachable(self.at(certificate, "--baseline", file, trust="any"))
        check = self.intercepted(
            self.at(self.authority.self_signed(NAME), "--baseline", file, trust="any"), "possible")
        self.assertIn("signed by itself; at the good place it signed itself with another key", check["summary"])

    def test_a_service_that_wants_a_client_certificate(self):
        wanting = ("-Verify", "1", "-verify_return_error", "-CAfile", self.authority.root)
        file = self.folder / "baseline.toml"
        result = self.trusted(self.authority.issue(NAME), "--learn", file, server=wanting)
        self.assert_verdict(result, "row-0", "reachable", "client-certificate-required")
        self.assertEqual(len(tomllib.loads(file.read_text())["endpoint"]), 1)

    def test_an_endpoint_that_is_not_known(self):
        file = self.learn(self.authority.issue(NAME))
        certificate = self.corporate.issue("other.example")
        result = self.at(certificate, "--baseline", file, names=["other.example"], trust="any")
        self.assertEqual(self.assert_verdict(result, "row-0", "reachable", "answered")["warnings"], [])
        self.assertIn("knows none of the endpoints", result.err)

    def test_nothing_is_learned_behind_an_inspector(self):
        file = self.learn(self.authority.issue(NAME))
        before = file.read_text()
        result = self.trusted(self.corporate.issue(NAME), "--learn", file)
        self.assert_exit(result, 1)
        self.assertIn(f"{NAME} TCP/443 is left out: tls-intercepted, signed by 'Corp Issuing CA', not by a public CA",
                      result.err)
        self.assertIn("not written, since there is nothing to learn", result.err)
        self.assertEqual(file.read_text(), before)
        self.assertEqual([one.name for one in self.folder.iterdir() if one.name.startswith("baseline")],
                         ["baseline.toml"])


class Files(support.TestCase):
    """Mistakes in files: nothing is sent."""

    def check(self, *options):
        with support.Listener() as server:
            table = self.table({"one": support.row("tls", server.port)})
            result = support.run("check", "--targets", table, "--timeout", "0.5", *options)
            self.assertEqual(server.accepted, 0)
        return result

    def test_baseline(self):
        self.assert_usage_error(self.check("--baseline", self.folder / "missing.toml"), "missing.toml", "No such file")
        self.assert_usage_error(self.check("--baseline", self.folder), "expected a file, and this is a folder")
        bad = self.write("bad.toml", 'schema = "fdnprobe.baseline/1"\n[[endpoint]]\nhots = "a.example"\n')
        for result in (self.check("--baseline", bad), support.run("validate", bad)):
            self.assert_usage_error(result, f"{bad}:3:1: an endpoint has no key `hots`; did you mean `host`?",
                                    f"{bad}:2:1: an endpoint has no `port`")
        site = self.site()
        self.assert_usage_error(self.check("--baseline", site), f"{site}:1:10:", "this is a site file")

    def test_learn(self):
        self.assert_usage_error(self.check("--learn", self.folder / "no" / "such" / "folder.toml"), "--learn",
                                "No such file")
        self.assert_usage_error(self.check("--learn", self.folder), "--learn", "Is a directory")


class HostCas(Signers):
    """What the host trusts is not what is public."""

    def bundle(self):
        return self.write("bundle.crt", SYSTEM_BUNDLE.read_text(encoding="ascii") + self.corporate.root.read_text())

    def test_a_corporate_ca_in_the_bundle(self):
        corporate = self.corporate.issue(NAME)
        prefix = support.with_file(self.bundle(), SYSTEM_BUNDLE)
        check = self.intercepted(self.at(corporate, prefix=prefix), "likely")
        self.assertIn("signed by 'Corp Issuing CA' under 'Corp Root CA', which this host trusts but which is no public "
                      "CA", check["summary"])
        self.assertEqual(check["tls"]["host_anchor"], "Corp Root CA")
        self.assertIs(check["tls"]["public_chain"], False)
        signer = self.intercepted(self.at(corporate, prefix=prefix, signer="DigiCert"), "likely")
        self.assertIn("signed by 'Corp Issuing CA' under 'Corp Root CA', not by DigiCert", signer["summary"])
        stapled = self.intercepted(self.at(corporate, prefix=prefix, ocsp="stapled"), "proven")
        self.assertIn("no OCSP answer is stapled", stapled["summary"])
        # Where any signer will do, and where the user himself says that it is public.
        for result in (self.at(corporate, prefix=prefix, trust="any"),
                       self.at(corporate, "--ca-file", self.corporate.root, prefix=prefix)):
            self.assert_verdict(result, "row-0", "reachable", "answered")

    def test_a_bundle_that_the_environment_names(self):
        env = {"SSL_CERT_FILE": self.bundle()}
        self.intercepted(self.at(self.corporate.issue(NAME), env=env), "likely")

    def test_a_root_of_the_distribution_that_is_newer_than_the_program(self):
        """The package's own folder has it, so it is public."""
        (self.folder / "mozilla").mkdir()
        public = self.write("mozilla/New_Root.crt", self.authority.root.read_text())
        env = {"SSL_CERT_FILE": self.authority.root}
        prefix = ["unshare", "-m", "sh", "-ec",
                  f'mount --bind "{public.parent}" /usr/share/ca-certificates/mozilla; exec "$@"', "with-folder"]
        certificate = self.authority.issue(NAME)
        self.intercepted(self.at(certificate, env=env), "likely")
        result = self.at(certificate, env=env, prefix=prefix)
        check = self.assert_verdict(result, "row-0", "reachable", "answered")
        self.assertEqual(check["tls"]["public_anchor"], "Throwaway Root CA")

    def test_another_public_ca_than_the_table_expects(self):
        result = self.trusted(self.authority.issue(NAME), signer="DigiCert")
        [warning] = self.assert_verdict(result, "row-0", "reachable", "answered")["warnings"]
        self.assertIn("where DigiCert was expected", warning)
        plain = self.trusted(self.authority.issue(NAME), signer="throwaway")
        self.assertEqual(self.assert_verdict(plain, "row-0", "reachable", "answered")["warnings"], [])


class SharedIssuer(Signers):
    def summaries(self, names, certificate):
        result = self.trusted(certificate, names=names)
        self.assert_exit(result, 1)
        return result.json["checks"]

    def test_unrelated_names(self):
        names = ["update.one.example", "www.two.example", "three.test"]
        for check in self.summaries(names, self.corporate.issue(*names)):
            self.assertEqual(check["cause"], "tls-intercepted", check)
            self.assertIn("; the same CA signs for 2 other names.", check["summary"])
        for check in self.summaries(names, self.authority.self_signed(*names)):
            self.assertEqual((check["verdict"], check["cause"]), ("intercepted", "tls-intercepted"), check)
            self.assertIn("; the same key signs for 2 other names.", check["summary"])

    def test_related_names(self):
        names = ["a.one.example", "b.one.example", "c.one.example", "d.two.example"]
        for check in self.summaries(names, self.authority.self_signed(*names)):
            self.assertEqual((check["verdict"], check["cause"]), ("untrusted", "untrusted-issuer"), check)
            self.assertNotIn("the same", check["summary"])
