"""Makes each resource of the template through the API of its service, as CloudFormation does. A type without a maker is an error.

Every call is checked against botocore's model of the service: a property that the API does not know, or of another type, is refused.
"""

import io
import json
import zipfile

from template import Wrong

# Lambda quotas: "Environment variables: 4 KB, for all environment variables, in aggregate".
MOST_ENVIRONMENT = 4096


def call(client, operation, **arguments):
    """One call. A template's values may be texts where the API wants numbers, as CloudFormation's own parameters are."""
    model = client.meta.service_model.operation_model(operation)
    method = {client.meta.method_to_api_mapping[name]: name for name in client.meta.method_to_api_mapping}[operation]
    return getattr(client, method)(**cast(model.input_shape, arguments, operation))


def cast(shape, value, where):
    match shape.type_name:
        case "structure":
            if unknown := set(value) - set(shape.members):
                raise Wrong(f"{where} does not know {sorted(unknown)}")
            return {name: cast(shape.members[name], one, f"{where}.{name}") for name, one in value.items()}
        case "list":
            return [cast(shape.member, one, where) for one in value]
        case "map":
            return {name: cast(shape.value, one, f"{where}.{name}") for name, one in value.items()}
        case "integer" | "long":
            return int(value)
        case "double" | "float":
            return float(value)
        case "boolean":
            return value if isinstance(value, bool) else {"true": True, "false": False}[value]
        case "string":
            text = str(value).lower() if isinstance(value, bool) else str(value)
            if shape.enum and text not in shape.enum:
                raise Wrong(f"{where} is none of {shape.enum}")
            return text
    return value


def lower(node):
    """The API's names begin with a small letter where those of the template begin with a capital."""
    if isinstance(node, list):
        return [lower(one) for one in node]
    return {name[0].lower() + name[1:]: lower(one) for name, one in node.items()} if isinstance(node, dict) else node


class Maker:
    """`host` takes what moto does not run: functions, routes, mappings and schedules."""

    def __init__(self, client, host, stack, nested):
        self.client, self.host, self.stack, self.nested = client, host, stack, nested

    def make(self, name, resource, properties):
        maker = getattr(self, resource["Type"].removeprefix("AWS::").replace("::", "_").lower(), None)
        if maker is None:
            raise Wrong(f"{name}: infra/moto/resources.py makes no {resource['Type']}")
        try:
            made = maker(name, resource, properties)
        except Wrong as wrong:
            raise Wrong(f"{self.stack}, {name}: {wrong}") from None
        except Exception as error:
            raise Wrong(f"{self.stack}, {name} ({resource['Type']}): {error}") from error
        return made

    # --- secrets, queues, table, files

    def secretsmanager_secret(self, name, _, properties):
        client, generate = self.client("secretsmanager"), properties.pop("GenerateSecretString", None)
        if generate:
            template, key = generate.pop("SecretStringTemplate", None), generate.pop("GenerateStringKey", None)
            word = call(client, "GetRandomPassword", **generate)["RandomPassword"]
            properties["SecretString"] = json.dumps({**json.loads(template), key: word}) if template else word
        arn = call(client, "CreateSecret", Name=f"{self.stack}-{name}", **properties)["ARN"]
        return arn, {"Id": arn}

    def sqs_queue(self, name, _, properties):
        client, queue = self.client("sqs"), properties.pop("QueueName")
        # SQS API, CreateQueue: 80 characters, and a FIFO queue's name ends in .fifo.
        if len(queue) > 80 or queue.endswith(".fifo") != bool(properties.get("FifoQueue")):
            raise Wrong(f"SQS takes no queue of the name {queue}")
        attributes = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in properties.items()}
        url = call(client, "CreateQueue", QueueName=queue, Attributes=attributes)["QueueUrl"]
        arn = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        return url, {"Arn": arn, "QueueName": queue}

    def sqs_queuepolicy(self, name, _, properties):
        for statement in properties["PolicyDocument"]["Statement"]:
            if not isinstance(statement["Resource"], str):
                raise Wrong("SQS takes a statement of one resource only")
        for url in properties["Queues"]:
            call(self.client("sqs"), "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": json.dumps(properties["PolicyDocument"])})
        return name, {}

    def dynamodb_table(self, name, _, properties):
        client, table = self.client("dynamodb"), properties.pop("TableName", f"{self.stack}-{name}")
        later = {key: properties.pop(key, None) for key in ("TimeToLiveSpecification", "PointInTimeRecoverySpecification")}
        if "SSESpecification" in properties:
            properties["SSESpecification"] = {"Enabled": properties["SSESpecification"]["SSEEnabled"]}
        arn = call(client, "CreateTable", TableName=table, **properties)["TableDescription"]["TableArn"]
        if later["TimeToLiveSpecification"]:
            call(client, "UpdateTimeToLive", TableName=table, TimeToLiveSpecification=later["TimeToLiveSpecification"])
        if later["PointInTimeRecoverySpecification"]:
            call(client, "UpdateContinuousBackups", TableName=table, PointInTimeRecoverySpecification=later["PointInTimeRecoverySpecification"])
        return table, {"Arn": arn}

    def s3_bucket(self, name, _, properties):
        client, bucket = self.client("s3"), f"{self.stack}-{name}".lower()
        call(client, "CreateBucket", Bucket=bucket)
        encryption = properties.pop("BucketEncryption")["ServerSideEncryptionConfiguration"]
        encryption = [{"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]} for rule in encryption]
        call(client, "PutBucketEncryption", Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": encryption})
        call(client, "PutPublicAccessBlock", Bucket=bucket, PublicAccessBlockConfiguration=properties.pop("PublicAccessBlockConfiguration"))
        call(client, "PutBucketOwnershipControls", Bucket=bucket, OwnershipControls=properties.pop("OwnershipControls"))
        rules = []
        for rule in properties.pop("LifecycleConfiguration")["Rules"]:
            expiration = {"Expiration": {"Days": rule.pop("ExpirationInDays")}} if "ExpirationInDays" in rule else {}
            rules.append({"ID": rule.pop("Id"), "Filter": {"Prefix": rule.pop("Prefix", "")}, **rule, **expiration})
        call(client, "PutBucketLifecycleConfiguration", Bucket=bucket, LifecycleConfiguration={"Rules": rules})
        if properties:
            raise Wrong(f"nothing here sets {sorted(properties)} of a bucket")
        return bucket, {"Arn": f"arn:aws:s3:::{bucket}"}

    def s3_bucketpolicy(self, name, _, properties):
        client, bucket = self.client("s3"), properties["Bucket"]
        call(client, "PutBucketPolicy", Bucket=bucket, Policy=json.dumps(properties["PolicyDocument"]))
        # moto knows few of a policy's conditions, and denies what one that it does not know stands for: it would deny every upload.
        client.delete_bucket_policy(Bucket=bucket)
        return name, {}

    # --- functions and what calls them

    def logs_loggroup(self, name, _, properties):
        group = properties["LogGroupName"]
        call(self.client("logs"), "CreateLogGroup", logGroupName=group)
        call(self.client("logs"), "PutRetentionPolicy", logGroupName=group, retentionInDays=properties["RetentionInDays"])
        return group, {"Arn": f"arn:aws:logs:{self.host.region}:{self.host.account}:log-group:{group}:*"}

    def iam_role(self, name, _, properties):
        client, role, policies = self.client("iam"), f"{self.stack}-{name}", properties.pop("Policies", [])
        properties["AssumeRolePolicyDocument"] = json.dumps(properties["AssumeRolePolicyDocument"])
        arn = call(client, "CreateRole", RoleName=role, **properties)["Role"]["Arn"]
        for policy in policies:  # moto reads the document, and refuses one that IAM would
            call(client, "PutRolePolicy", RoleName=role, PolicyName=policy["PolicyName"], PolicyDocument=json.dumps(policy["PolicyDocument"]))
        return role, {"Arn": arn}

    def iam_policy(self, name, _, properties):
        for role in properties["Roles"]:
            document = json.dumps(properties["PolicyDocument"])
            call(self.client("iam"), "PutRolePolicy", RoleName=role, PolicyName=properties["PolicyName"], PolicyDocument=document)
        return name, {}

    def lambda_function(self, name, resource, properties):
        variables = properties.get("Environment", {}).get("Variables", {})
        size = sum(len(key.encode()) + len(str(value).encode()) for key, value in variables.items())
        if size > MOST_ENVIRONMENT:
            raise Wrong(f"{size} bytes of environment, and Lambda takes {MOST_ENVIRONMENT}")
        tags = {tag["Key"]: tag["Value"] for tag in properties.pop("Tags", [])}
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:  # moto keeps it and runs nothing of it
            archive.writestr("bootstrap", "")
        properties |= {"FunctionName": f"{self.stack}-{name}", "Tags": tags, "Code": {"ZipFile": packed.getvalue()}}
        made = call(self.client("lambda"), "CreateFunction", **properties)
        self.host.function(
            made["FunctionName"], made["FunctionArn"], resource["Metadata"]["BuildProperties"]["Binary"], {key: str(value) for key, value in variables.items()},
            int(properties.get("Timeout", 3)), int(properties.get("MemorySize", 128)), properties.get("LoggingConfig", {}),
        )
        return made["FunctionName"], {"Arn": made["FunctionArn"]}

    def lambda_permission(self, name, _, properties):
        call(self.client("lambda"), "AddPermission", StatementId=name, **properties)
        return name, {}

    def lambda_eventinvokeconfig(self, name, _, properties):
        call(self.client("lambda"), "PutFunctionEventInvokeConfig", **properties)
        return name, {}

    def lambda_eventsourcemapping(self, name, _, properties):
        # Read by the model only: moto's own mapping would take the messages and run the function in Docker.
        client = self.client("lambda")
        cast(client.meta.service_model.operation_model("CreateEventSourceMapping").input_shape, properties, name)
        self.host.mapping(properties)
        return name, {"Id": name}

    def events_rule(self, name, _, properties):
        client, targets, rule = self.client("events"), properties.pop("Targets"), f"{self.stack}-{name}"
        arn = call(client, "PutRule", Name=rule, **properties)["RuleArn"]
        call(client, "PutTargets", Rule=rule, Targets=targets)
        self.host.schedule(properties["ScheduleExpression"], [target["Arn"] for target in targets])
        return rule, {"Arn": arn}

    # --- the HTTP API

    def apigatewayv2_api(self, name, _, properties):
        made = call(self.client("apigatewayv2"), "CreateApi", **properties)["ApiId"]
        return made, {"ApiEndpoint": self.host.gateway.url, "ApiId": made}

    def apigatewayv2_stage(self, name, _, properties):
        client = self.client("apigatewayv2")
        known = {route["RouteKey"] for route in client.get_routes(ApiId=properties["ApiId"])["Items"]}
        if missing := set(properties.get("RouteSettings", {})) - known:
            raise Wrong(f"the stage names routes that are not there yet: {sorted(missing)}")
        call(client, "CreateStage", **properties)
        return properties["StageName"], {}

    def apigatewayv2_integration(self, name, _, properties):
        made = call(self.client("apigatewayv2"), "CreateIntegration", **properties)["IntegrationId"]
        self.host.integrations[made] = properties["IntegrationUri"]
        return made, {"IntegrationId": made}

    def apigatewayv2_route(self, name, _, properties):
        made = call(self.client("apigatewayv2"), "CreateRoute", **properties)["RouteId"]
        self.host.route(properties["RouteKey"], properties["Target"].removeprefix("integrations/"))
        return made, {"RouteId": made}

    # --- alarms

    def cloudformation_stack(self, name, resource, properties):
        outputs = self.nested(name, properties["TemplateURL"], properties.get("Parameters", {}))
        return name, {f"Outputs.{key}": value for key, value in outputs.items()}

    def sns_topic(self, name, _, properties):
        arn = call(self.client("sns"), "CreateTopic", Name=f"{self.stack}-{name}", Attributes=properties)["TopicArn"]
        return arn, {"TopicArn": arn}

    def sns_topicpolicy(self, name, _, properties):
        for arn in properties["Topics"]:
            document = json.dumps(properties["PolicyDocument"])
            call(self.client("sns"), "SetTopicAttributes", TopicArn=arn, AttributeName="Policy", AttributeValue=document)
        return name, {}

    def sns_subscription(self, name, _, properties):
        return call(self.client("sns"), "Subscribe", **properties)["SubscriptionArn"], {}

    def cloudwatch_alarm(self, name, _, properties):
        call(self.client("cloudwatch"), "PutMetricAlarm", **properties)
        return properties["AlarmName"], {}

    def cloudwatch_dashboard(self, name, _, properties):
        call(self.client("cloudwatch"), "PutDashboard", **properties)
        return properties["DashboardName"], {}

    def logs_metricfilter(self, name, _, properties):
        call(self.client("logs"), "PutMetricFilter", filterName=properties.pop("FilterName", f"{self.stack}-{name}"), **lower(properties))
        return name, {}
