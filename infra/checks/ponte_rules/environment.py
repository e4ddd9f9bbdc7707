"""The environment of a function, when every parameter has its longest value."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from .reading import alternatives, each


class Environment(CloudFormationLintRule):
    id = "E9004"
    shortdesc = "The environment of a function fits, whatever the parameters are"
    # Lambda quotas: "Environment variables: 4 KB, for all environment variables, in aggregate".
    description = "Lambda takes 4,096 bytes of names and values"
    tags = ["resources", "lambda"]
    MOST = 4096
    # What AWS makes itself: the longest of an ARN, a URL and a name that come into question (a secret's ARN, a queue's URL), and what a parameter
    # may have that sets no limit (CloudFormation quotas: a parameter's value has 4,096 bytes).
    MADE, UNLIMITED = 256, 4096

    def match(self, cfn):
        found = []
        for name, properties in each(cfn, "AWS::Lambda::Function"):
            variables = properties.get("Environment", {}).get("Variables", {})
            size = sum(len(key) + self.longest(cfn, value) for key, value in variables.items())
            if size > self.MOST:
                by_size = sorted(variables, key=lambda key: -self.longest(cfn, variables[key]))[:3]
                path = ["Resources", name, "Properties", "Environment"]
                found.append(RuleMatch(path, f"{name} may have {size} bytes of environment, the most in {', '.join(by_size)}"))
        return found

    def longest(self, cfn, value):
        return max(self.length(cfn, one) for one in alternatives(value))

    def length(self, cfn, value):
        if not isinstance(value, dict):
            return len(str(value).encode())
        parameter = cfn.template.get("Parameters", {}).get(value.get("Ref"))
        if parameter is None:
            return self.MADE
        if "AllowedValues" in parameter:
            return max(len(str(one).encode()) for one in parameter["AllowedValues"])
        if parameter["Type"] == "Number":
            return len(str(parameter.get("MaxValue", 10**15)))
        # An address or a header without a limit of its own: what is typed into a form.
        return parameter.get("MaxLength", self.UNLIMITED)
