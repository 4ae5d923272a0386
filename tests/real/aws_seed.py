"""Fills a moto server with secrets and users through boto3, then lets moto check signatures.

In: MOTO, the server's address; SECRETS, a JSON object of secrets by name, each a list of its versions,
oldest first. Out, as JSON: access keys by user. `reader` may read secrets, `other` may not; `role` may,
with the temporary credentials of a role.
"""

import json
import os
import urllib.request

import boto3

server, secrets = os.environ["MOTO"], json.loads(os.environ["SECRETS"])


def client(service):
    return boto3.client(
        service,
        endpoint_url=server,
        region_name="eu-central-1",
        aws_access_key_id="seed",
        aws_secret_access_key="seed",
    )


stores, iam = client("secretsmanager"), client("iam")
for name, versions in secrets.items():
    stores.create_secret(Name=name, SecretString=versions[0])
    for version in versions[1:]:
        stores.put_secret_value(SecretId=name, SecretString=version)
stores.create_secret(Name="binary", SecretBinary=bytes.fromhex("00ff"))
stores.create_secret(Name="deleted", SecretString="canary")
stores.delete_secret(SecretId="deleted", RecoveryWindowInDays=7)

users = {}
for user, action in [("reader", "secretsmanager:GetSecretValue"), ("other", "s3:ListAllMyBuckets")]:
    iam.create_user(UserName=user)
    statement = [{"Effect": "Allow", "Action": action, "Resource": "*"}]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=policy)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    users[user] = [made["AccessKeyId"], made["SecretAccessKey"]]

policy = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
role = iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
iam.put_role_policy(RoleName="role", PolicyName="p", PolicyDocument=policy)
made = client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
users["role"] = [made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]]

# From here on, moto computes every signature anew with botocore and compares.
checked = {"Content-Type": "text/plain"}
urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset-auth", b"0", checked)).read()
print(json.dumps(users))
