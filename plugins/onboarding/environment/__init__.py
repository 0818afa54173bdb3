"""What the environment has: resources of the AWS account, and MCP servers. Only looked at, never changed."""
