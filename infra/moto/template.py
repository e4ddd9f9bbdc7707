"""Reads a template as CloudFormation does: parameters, rules, conditions and the intrinsic functions that Ponte's templates use.

A second reading beside the emulator's. What it does not know is an error, and never left as it stands.
"""

import re


class Wrong(Exception):
    """The template, or a parameter, is not as CloudFormation takes it."""


NOTHING = object()  # AWS::NoValue


class Template:
    """One stack's template with its parameters' values. `make(name, resource, properties)` makes a resource when its Ref or an attribute
    is first asked for, so each comes after what it needs; it returns the Ref's value and the attributes."""

    def __init__(self, body, given, pseudo, make):
        self.body, self.pseudo, self._make = body, pseudo, make
        self.made, self._under_way = {}, []
        self.parameters = self._parameters(body.get("Parameters", {}), given)
        for name, rule in body.get("Rules", {}).items():
            if "RuleCondition" in rule and not self.condition(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self.condition(assertion["Assert"]):
                    raise Wrong(f"rule {name}: {assertion.get('AssertDescription')}")

    def _parameters(self, declared, given):
        if unknown := set(given) - set(declared):
            raise Wrong(f"parameters that the template does not have: {sorted(unknown)}")
        values = {}
        for name, rules in declared.items():
            value = given.get(name, rules.get("Default"))
            if value is None:
                raise Wrong(f"parameter {name} must have a value")
            value = str(value)
            # The value is not in these sentences: it may be secret.
            if "AllowedValues" in rules and value not in map(str, rules["AllowedValues"]):
                raise Wrong(f"parameter {name} is none of its AllowedValues")
            if "AllowedPattern" in rules and not re.fullmatch(rules["AllowedPattern"], value):
                raise Wrong(f"parameter {name} does not match its AllowedPattern")
            if not rules.get("MinLength", 0) <= len(value) <= rules.get("MaxLength", 4096):
                raise Wrong(f"parameter {name} is too short or too long")
            if rules["Type"] == "Number" and not rules.get("MinValue", float("-inf")) <= float(value) <= rules.get("MaxValue", float("inf")):
                raise Wrong(f"parameter {name} is too small or too large")
            values[name] = value
        return values

    def condition(self, node):
        """Whether a condition holds: a name of one, or what stands for one."""
        if isinstance(node, str):
            if node not in self.body.get("Conditions", {}):
                raise Wrong(f"there is no condition {node}")
            return self.condition(self.body["Conditions"][node])
        ((function, argument),) = node.items()
        match function:
            case "Condition":
                return self.condition(argument)
            case "Fn::Equals":
                left, right = map(self.value, argument)
                return str(left) == str(right)
            case "Fn::Not":
                return not self.condition(*argument)
            case "Fn::And":
                return all([self.condition(one) for one in argument])
            case "Fn::Or":
                return any([self.condition(one) for one in argument])
        raise Wrong(f"no condition function {function}")

    def value(self, node):
        """What a value of the template comes to."""
        if isinstance(node, list):
            return [value for one in node if (value := self.value(one)) is not NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return self.ref(argument)
            if name.startswith("Fn::"):
                return self._function(name, argument)
        return {name: value for name, one in node.items() if (value := self.value(one)) is not NOTHING}

    def _function(self, name, argument):
        match name:
            case "Fn::If":
                condition, yes, no = argument
                return self.value(yes if self.condition(condition) else no)
            case "Fn::GetAtt":
                return self.attribute(*(argument.split(".", 1) if isinstance(argument, str) else argument))
            case "Fn::Join":
                separator, parts = argument
                return separator.join(map(str, self.value(parts)))
            case "Fn::FindInMap":
                mapping, first, second = map(self.value, argument)
                try:
                    return self.body["Mappings"][mapping][str(first)][str(second)]
                except KeyError:
                    raise Wrong(f"the mapping {mapping} has no {first}, {second}") from None
            case "Fn::Sub":
                text, own = argument if isinstance(argument, list) else (argument, {})
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._substitute(found[1], own), text)
        raise Wrong(f"no function {name}")

    def _substitute(self, name, own):
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in own:
            return str(self.value(own[name]))
        return str(self.attribute(*name.split(".", 1)) if "." in name else self.ref(name))

    def ref(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        return self.resource(name)[0]

    def attribute(self, name, attribute):
        attributes = self.resource(name)[1]
        if attribute not in attributes:
            raise Wrong(f"{name} has no attribute {attribute}")
        return attributes[attribute]

    def resource(self, name):
        if name in self.made:
            return self.made[name]
        if name not in self.body["Resources"]:
            raise Wrong(f"there is no parameter or resource {name}")
        if name in self._under_way:
            raise Wrong(f"a circle: {' -> '.join([*self._under_way, name])}")
        resource = self.body["Resources"][name]
        if not self._there(resource):
            raise Wrong(f"{name} is asked for, and its condition does not hold")
        self._under_way.append(name)
        before = resource.get("DependsOn", [])
        for one in [before] if isinstance(before, str) else before:
            self.resource(one)
        self.value(resource.get("Metadata", {}))  # a Ref in it is a dependency, too
        self.made[name] = self._make(name, resource, self.value(resource.get("Properties", {})))
        self._under_way.pop()
        return self.made[name]

    def _there(self, thing):
        return "Condition" not in thing or self.condition(thing["Condition"])

    def deploy(self):
        """Makes all resources, and returns the outputs."""
        for name, resource in self.body["Resources"].items():
            if self._there(resource):
                self.resource(name)
        outputs = self.body.get("Outputs", {}).items()
        return {name: self.value(output["Value"]) for name, output in outputs if self._there(output)}
