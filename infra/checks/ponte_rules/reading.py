"""What the rules of this folder share: how to read a template whose values are not known yet. No rule itself."""


def alternatives(node):
    """What a value may come to: both sides of an Fn::If, else itself."""
    if isinstance(node, dict) and list(node) == ["Fn::If"]:
        _, yes, no = node["Fn::If"]
        return [*alternatives(yes), *alternatives(no)]
    return [node]


def each(cfn, kind):
    """The resources of a type, by name, with their properties."""
    return [(name, resource.get("Properties", {})) for name, resource in cfn.get_resources([kind]).items()]


def ending(text):
    """How a name ends: a text as it is, Fn::Sub's template, or nothing where that is not known."""
    if isinstance(text, dict):
        text = text.get("Fn::Sub", "")
    return text if isinstance(text, str) else text[0]


def target(node):
    """The resource that a Ref or Fn::GetAtt names."""
    if not isinstance(node, dict):
        return None
    named = node.get("Ref") or node.get("Fn::GetAtt")
    return named[0] if isinstance(named, list) else named.split(".")[0] if named else None
