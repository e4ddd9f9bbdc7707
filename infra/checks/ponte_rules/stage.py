"""API Gateway refuses a stage that names a route which is not there when the stage is made."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from .reading import each


class Stage(CloudFormationLintRule):
    id = "E9004"
    shortdesc = "A stage names routes that are there before it"
    # API Gateway API, CreateStage (ApiGatewayV2): "Unable to find Route by key ... within the provided RouteSettings".
    description = "Each key of RouteSettings is a route without a condition, and the stage depends on it"
    tags = ["resources", "apigateway"]

    def match(self, cfn):
        routes = {properties["RouteKey"]: name for name, properties in each(cfn, "AWS::ApiGatewayV2::Route")}
        found = []
        for name, properties in each(cfn, "AWS::ApiGatewayV2::Stage"):
            before = cfn.template["Resources"][name].get("DependsOn", [])
            for key in properties.get("RouteSettings", {}):
                route = routes.get(key)
                conditional = route and "Condition" in cfn.template["Resources"][route]
                if route is None or conditional or route not in before:
                    found.append(RuleMatch(["Resources", name, "Properties", "RouteSettings"], f"{name}: {key} may not be there yet"))
        return found
