"""Every value that the template takes for a parameter reaches CloudFormation as it was given: by sam's questions and samconfig.toml, and by a file of
parameters. Both are read and written by sam's own code. What would not is refused by the parameter's pattern.

    python parameters.py        in the virtual environment of sam
"""

import contextlib
import io
import json
import os
import pathlib
import random
import re
import re._constants as regex
import re._parser as parser
import tempfile
import unittest

import click
from samcli.commands.deploy.command import cli
from samcli.commands.deploy.guided_config import GuidedConfig
from samcli.yamlhelper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text())
PARAMETERS = TEMPLATE["Parameters"]
# What some program on the way might take for something else.
ODD = list("\"'\\ =#;$`,:{}[]()%&*!?|<>~^@/+-_.\n\r\t\x0b\x7f\x85\xa0éãß€\u2028\ufeff😟") + ["0", "7", "a", "Z"]
ODD_TEXTS = ["ParameterKey=A,ParameterValue=b", " ParameterKey=A,ParameterValue=b ", '\\"', "\\", "\\ ", "\\'", "\\n", "file://x", " A=b ", "A=\"b\"", "${A}", "$(a)", "  ", "%s"]


def accepted(parameter, value):
    """As CloudFormation judges: a pattern matches the whole value."""
    if "AllowedValues" in parameter:
        return value in [str(one) for one in parameter["AllowedValues"]]
    if parameter["Type"] == "Number":
        return value.isascii() and value.isdigit() and parameter["MinValue"] <= int(value) <= parameter["MaxValue"]
    long_enough = int(parameter.get("MinLength", 0)) <= len(value) <= int(parameter.get("MaxLength", 4096))
    return long_enough and re.fullmatch(parameter.get("AllowedPattern", r"[\s\S]*"), value) is not None


def of_class(members, dice):
    negated = members[0][0] is regex.NEGATE

    def holds(letter):
        found = any(
            code == letter if kind is regex.LITERAL else kind is regex.RANGE and code[0] <= letter <= code[1] for kind, code in members[negated:]
        )
        return found != negated

    odd = [one for one in ODD if len(one) == 1 and holds(ord(one))]
    return dice.choice(odd) if odd and dice.random() < 0.7 else chr(dice.choice([code for code in range(0x250) if holds(code)]))


def generated(pattern, dice):
    """A value that the pattern describes, of odd letters rather than of common ones. What only looks ahead is left out: the caller sees to it."""
    text = ""
    for kind, of in pattern:
        if kind is regex.LITERAL:
            text += chr(of)
        elif kind is regex.IN:
            text += of_class(of, dice)
        elif kind is regex.NOT_LITERAL:
            text += of_class([(regex.NEGATE, None), (regex.LITERAL, of)], dice)
        elif kind is regex.BRANCH:
            text += generated(dice.choice(of[1]), dice)
        elif kind is regex.SUBPATTERN:
            text += generated(of[3], dice)
        elif kind is regex.MAX_REPEAT:
            least, most, inner = of
            for _ in range(dice.randint(least, min(most, least + dice.choice([0, 1, 3, 30])))):
                text += generated(inner, dice)
        elif kind not in (regex.AT, regex.ASSERT_NOT):
            raise AssertionError(f"{kind}: a construct that Java and Python may read differently")
    return text


def values(parameter, dice):
    """Accepted values: generated, and changed by something odd at the beginning, in the middle and at the end."""
    if "AllowedValues" in parameter:
        return [str(one) for one in parameter["AllowedValues"]]
    if parameter["Type"] == "Number":
        return [str(parameter["MinValue"]), str(parameter["MaxValue"])]
    tree = parser.parse(parameter.get("AllowedPattern", r"[\s\S]*"))
    found = [generated(tree, dice) for _ in range(100)]
    for value in found[:15]:
        middle = dice.randint(0, len(value))
        for odd in ODD + ODD_TEXTS:
            found += [odd + value, value + odd, value[:middle] + odd + value[middle:], odd + value + odd]
    found += ODD + ODD_TEXTS + [""]
    return sorted({value for value in found if accepted(parameter, value)})


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name), contextlib.redirect_stdout(io.StringIO()):
        pathlib.Path("template.yaml").write_text("Resources: {}\n")
        yield pathlib.Path(name)


def by_questions(given):
    """As `sam deploy --guided` saves its answers, and the next `sam deploy` reads them."""
    with folder() as here:
        with click.Context(cli, info_name="deploy"):
            answers = {name: {"Value": value, "Hidden": False} for name, value in given.items()}
            config = GuidedConfig(template_file=str(here / "template.yaml"), section="parameters")
            config.save_config(answers, config_file="samconfig.toml", stack_name="ponte", region="sa-east-1")
        asked = ["--template-file", "template.yaml", "--config-file", str(here / "samconfig.toml")]
        return cli.make_context("deploy", asked).params["parameter_overrides"]


def by_file(given):
    """As docs/deploy.md says that a secret is changed. JSON is YAML, with every value in quotes."""
    with folder() as here:
        (here / "change.yaml").write_text(json.dumps(given, ensure_ascii=False))
        asked = ["--template-file", "template.yaml", "--stack-name", "ponte", "--parameter-overrides", f"file://{here}/change.yaml"]
        return cli.make_context("deploy", asked).params["parameter_overrides"]


class Parameters(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        os.environ["SAM_CLI_TELEMETRY"] = "0"

    def survives(self, way, name, found):
        # One by one around a neighbour, which a value that ends too late would swallow.
        given = {}
        for number, value in enumerate(found):
            given |= {f"V{number}": value, f"N{number}": "neighbour"}
        back = way(given)
        lost = [value for number, value in enumerate(found) if back.get(f"V{number}") != value]
        self.assertEqual(lost[:5], [], name)
        self.assertEqual(back, given, name)

    def test_what_is_accepted_survives(self):
        seed = random.randrange(1 << 32)
        for name, parameter in PARAMETERS.items():
            with self.subTest(name, seed=seed):
                found = values(parameter, random.Random(f"{seed} {name}"))
                self.assertTrue(found)
                if "AllowedValues" not in parameter and parameter["Type"] == "String":
                    self.assertGreater(len(found), 20, f"{name}: too few values to judge by")
                # sam never writes down what it does not echo.
                if not parameter.get("NoEcho"):
                    self.survives(by_questions, name, found)
                self.survives(by_file, name, found)

    def test_what_people_enter_is_accepted(self):
        certificate = "-----BEGIN CERTIFICATE-----\nMIIB+/==\n-----END CERTIFICATE-----\n"
        for name, good in {
            "BlipUrl": ["https://company.http.msging.net", "https://http.msging.net:8443/a/b?c=d&e", "http://127.0.0.1:8080", "http://localhost/x"],
            "BlipKey": ["Ym90OmFiYy8rPT0=", "Key Ym90OmFiYy8rPT0="],
            "BlipToken": ["bA3-_dW9xT0kLmN4pQ5rS6tU7vW8xY9z", "sixteen letters!"],
            "BlipTokenHeader": ["Authorization", "X-Blip-Token"],
            "BlipRouterKey": ["", "none", "cm91dGVyOmFiYy8rPT0=", "Key cm91dGVyOmFiYy8rPT0="],
            "RestChannelToken": ["", "none", "bA3-_dW9xT0kLmN4pQ5r"],
            "AvailabilityToken": ["", "none", "bA3-_dW9xT0kLmN4pQ5r"],
            "ConsoleIssuer": ["", "https://login.example.com/0a1b2c3d/v2.0", "https://company.okta.example/oauth2/default", "https://accounts.example.com/realms/company"],
            "ConsoleAudience": ["", "ponte-console", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", "api://ponte", "1234567890-abc.apps.example.com"],
            "ConsoleRolesClaim": ["roles", "groups", "cognito:groups", "https://company.example/roles"],
            "HelpdeskUrl": ["https://helpdesk.example/api/v1/", "https://[2001:db8::1]:8443/x", "https://my_tool.internal/~ponte/a;b=c"],
            "HelpdeskCredentials": ["", "none", "user:senha com espaços é 'assim'", "id:a$b#c%d=e"],
            "HelpdeskWebhookSecret": ["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM=", "a secret of mine, é"],
            "HelpdeskSettings": ["{}", '{"receipts":true,"typing":true}', ' {\n "field": "Início: \'às 8h\' = #1; $2",\n "n": {"a": [1, 2.5, null]}\n} \n'],
            "ExtraRootCertificate": ["", certificate, certificate + certificate.replace("\n", "\r\n")],
            "TrustedFileHosts": ["", "files.company.com,http://10.0.0.5:8080", "http://[fd00::1]:80"],
            "AlarmEmail": ["", "ops+alarms@company.com.br"],
        }.items():
            for value in good:
                self.assertTrue(accepted(PARAMETERS[name], value), (name, value))
        for name, parameter in PARAMETERS.items():
            if "Default" in parameter:
                self.assertTrue(accepted(parameter, str(parameter["Default"])), name)

    def test_what_would_be_lost_is_refused_with_a_word(self):
        for name, bad in {
            "HelpdeskSettings": [r'{"a":"x\"y"}', r'{"a":"\u00e9"}', '{"a":"x}', "[]", '{"a":"x\ny"}', '{"a":"ParameterKey=A,ParameterValue=b"}'],
            "BlipKey": [" abc", "abc ", "abc\t", "abc\u00a0", "chave-é", 'a"b', "a\\b", "'abc'", ""],
            "BlipToken": [" 0123456789abcdef", "0123456789abcdef ", "short"],
            "BlipRouterKey": [" abc", "abc ", "chave-é", 'a"b', "a\\b", "'abc'"],
            "RestChannelToken": ["0123456789abcdef ", "short"],
            "AvailabilityToken": ["0123456789abcdef ", "short"],
            "ConsoleIssuer": ["login.example.com", "http://login.example.com", "http://localhost.example.com/a", "https://login.example.com/ a", "https://login.example.com/é"],
            "ConsoleAudience": ["a b", "públic", 'a"b'],
            "ConsoleRolesClaim": ["", "a b"],
            "HelpdeskCredentials": ["user:pass ", "user:pass\u00a0", "'user:pass'", "user:pa\\ss"],
            "BlipUrl": ["http://company.example", "https://user:password@company.example", "https://company.example/ã", "https://a.example/ b"],
            "HelpdeskUrl": ["ftp://x", "https://company.example/ParameterKey=A,ParameterValue=b", "https://company.example\n"],
            "TrustedFileHosts": ["a.example, b.example", "café.example"],
            "ExtraRootCertificate": ["MIIB", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"],
            "AlarmEmail": ["nobody", "a b@c.example", "é@c.example"],
        }.items():
            for value in bad:
                self.assertFalse(accepted(PARAMETERS[name], value), (name, value))
        for name, parameter in PARAMETERS.items():
            if "AllowedPattern" in parameter:
                self.assertGreater(len(parameter.get("ConstraintDescription", "")), 20, name)

    def test_every_text_has_a_pattern(self):
        for name, parameter in PARAMETERS.items():
            if parameter["Type"] == "String" and "AllowedValues" not in parameter:
                self.assertIn("AllowedPattern", parameter, name)
            self.assertIn(parameter["Type"], ("String", "Number"), name)

    def test_java_reads_the_patterns_as_python_does(self):
        """CloudFormation's are Java's. There a class may hold classes, and letters and blanks are those of ASCII."""
        for name, parameter in PARAMETERS.items():
            pattern = parameter.get("AllowedPattern", "^$")
            for escape in re.findall(r"\\(.)", pattern, re.S):
                self.assertIn(escape, "xtrnu.[]{}()\\^$", f"{name}: \\{escape}")
            for inside in re.findall(r"(?<!\\)\[((?:\\.|[^\]])*)\]", pattern):
                self.assertNotRegex(inside, r"(?<!\\)\[|&&", f"{name}: a class in a class")
            outside = re.sub(r"(?<!\\)\[(?:\\.|[^\]])*\]|\\.", "", pattern)
            self.assertNotIn(".", outside, f"{name}: a dot, which leaves out other line ends")
            self.assertTrue(all(one == "(?!" for one in re.findall(r"\(\?.", outside)), name)


if __name__ == "__main__":
    unittest.main()
