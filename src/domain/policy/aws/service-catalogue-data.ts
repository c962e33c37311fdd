/**
 * What AWS tag policies can enforce and report on, transcribed from the AWS Organizations User Guide,
 * "Services and resource types that support enforcement": columns "Basic compliance rules: Enforcement
 * mode" (`enforced_for`) and "Required tag keys: Reporting mode" (`report_required_tag_for`). Types
 * that AWS only reports on when they carry a tag appear in neither list.
 *
 * One service a line: `service: both | only enforced_for | only report_required_tag_for`. A `*` after
 * the service says that AWS publishes `service:ALL_SUPPORTED` for it.
 */
export const CATALOGUE_ROWS = `
access-analyzer: | | analyzer
acm*: certificate
acm-pca*: certificate-authority
airflow: | | environment
amplify: | | apps
amplifyuibuilder*: | app/environment/components
aoss*: collection
apigateway*: | apikeys restapis domainnames
app-integrations: | | data-integration event-integration application
appconfig: application application/environment application/configurationprofile deploymentstrategy | application/environment/deployment | extension extensionassociation
appflow: | | flow
application-signals: | | slo
applicationinsights: | | application
appmesh*: mesh mesh/virtualgateway mesh/virtualgateway/gatewayroute mesh/virtualnode mesh/virtualrouter mesh/virtualrouter/route mesh/virtualservice
apprunner: | | autoscalingconfiguration service vpcingressconnection observabilityconfiguration vpcconnector
appstream: | | app-block stack fleet image-builder application
apptest: | | testcase
aps: | | workspace rulegroupsnamespace
athena*: workgroup | | datacatalog capacity-reservation
auditmanager*: assessment | control assessmentframework
b2bi: | | profile partnership transformer capability
backup*: backup-plan | backup-vault | report-plan restore-testing-plan framework
backup-gateway*: hypervisor | vm gateway
batch*: job-definition job-queue | job | scheduling-policy consumable-resource compute-environment
bcm-data-exports: | | export
bedrock: | | agent-alias blueprint prompt guardrail data-automation-project application-inference-profile flow knowledge-base agent
budgets: | | budget budget/action
bugbust*: | event
cassandra: | | keyspace
catalog*: portfolio | product
ce: | | anomalysubscription costcategory anomalymonitor
chime*: | meeting sma app-instance/channel app-instance/user app-instance media-pipeline vc
cleanrooms*: configuredtable | collaboration membership membership/configuredtableassociation
cleanrooms-ml: | | training-dataset
cloud9*: | environment
cloudformation: | | stack stackset
cloudfront*: distribution | streaming-distribution | connection-group
cloudtrail*: trail | | channel eventdatastore dashboard
cloudwatch*: metric-stream insight-rule alarm
codeartifact: | | repository domain
codebuild*: project | | report-group
codecatalyst*: | connections
codecommit*: repository
codeconnections: | | connection
codedeploy: | | deploymentconfig application
codeguru-profiler: | | profilinggroup
codeguru-reviewer*: association
codeguru-security*: | scans
codepipeline*: webhook pipeline actiontype
codestar-connections*: connection | host | repository-link
codestar-notifications: | | notificationrule
cognito-identity*: identitypool
cognito-idp*: userpool
comprehend*: document-classifier | entity-recognizer | flywheel
config*: aggregation-authorization config-rule config-aggregator | | stored-query conformance-pack
connect*: instance/transfer-destination instance/agent instance/queue instance/integration-association instance/contact-flow instance/routing-profile | | instance instance/evaluation-form instance/task-template instance/flow-module instance/operating-hours instance/security-profile instance/rule instance/prompt phone-number
connect-campaigns: | | campaign
cur: | | definition
databrew: | | job recipe schedule project ruleset dataset
datasync: | | task
datazone: | | domain
dax: | | cache
deadline: | | license-endpoint farm
detective: | | graph
devicefarm: | | testgrid-project project instanceprofile
diode-messaging: | mapping
directconnect*: | dxvif dxlag dxcon
dlm*: policy
dms*: subgrp es rep task endpoint | | replication-config cert instance-profile data-provider migration-project
dsql: | | cluster
dynamodb*: table
ec2*: capacity-reservation capacity-reservation-fleet carrier-gateway client-vpn-endpoint customer-gateway dedicated-host dhcp-options egress-only-internet-gateway elastic-ip fleet instance instance-connect-endpoint internet-gateway ipam ipam-pool ipam-resource-discovery ipam-resource-discovery-association ipam-scope key-pair launch-template
ec2*: local-gateway-route-table local-gateway-route-table-virtual-interface-group-association local-gateway-route-table-vpc-association natgateway network-acl network-insights-access-scope network-insights-access-scope-analysis network-insights-analysis network-insights-path network-interface placement-group prefix-list route-table security-group spot-fleet-request subnet
ec2*: traffic-mirror-filter traffic-mirror-session traffic-mirror-target transit-gateway transit-gateway-attachment transit-gateway-connect-peer transit-gateway-multicast-domain transit-gateway-route-table verified-access-endpoint verified-access-group verified-access-instance verified-access-trust-provider volume vpc vpc-endpoint vpc-endpoint-service vpc-flow-log vpc-peering-connection vpn-connection vpn-gateway
ec2*: | coip-pool export-image-task export-instance-task fpga-image host-reservation image import-image-task import-snapshot-task instance-event-window ipam-external-resource-verification-token ipv4pool-ec2 replace-root-volume-task reserved-instances snapshot spot-instances-request subnet-cidr-reservation transit-gateway-policy-table transit-gateway-route-table-announcement | traffic-mirror-filter-rule vpc-block-public-access-exclusion vpc-endpoint-service-permission
ecr*: repository
ecr-public: | | repository
ecs*: capacity-provider service cluster task-definition task-set
eks*: cluster | | access-entry addon podidentityassociation identityproviderconfig nodegroup fargateprofile
elasticache*: cluster | | securitygroup parametergroup usergroup subnetgroup replicationgroup user
elasticbeanstalk*: configurationtemplate application applicationversion | platform | environment
elasticfilesystem*: file-system | | access-point
elasticloadbalancing: loadbalancer targetgroup listener listener-rule | | truststore
elasticmapreduce*: cluster | editor
emr-containers: | | virtualclusters
emr-serverless: applications
entityresolution*: schemamapping matchingworkflow | | idnamespace idmappingworkflow
es*: | domain
events*: event-bus rule
firehose*: deliverystream
fis: | | experiment-template
forecast: | | dataset-group dataset
frauddetector*: detector variable | detector-version rule model | label event-type entity-type outcome list
fsx*: file-system | backup | storage-virtual-machine snapshot association volume
gamelift: | | script build gamesessionqueue fleet matchmakingruleset matchmakingconfiguration location alias gameservergroup
geo: | | geofence-collection tracker api-key place-index route-calculator map
globalaccelerator: accelerator | | attachment
glue: | | usageprofile job trigger dataqualityruleset mltransform connection crawler registry schema customentitytype database
grafana: | | workspaces
greengrass*: coresdefinition devicesdefinition connectorsdefinition functionsdefinition resourcesdefinition loggersdefinition subscriptionsdefinition | bulk | groups
groundstation: | | mission-profile config dataflow-endpoint-group
guardduty: detector detector/ipset detector/threatintelset detector/filter | | malware-protection-plan
healthlake*: datastore
iam*: mfa server-certificate saml-provider oidc-provider instance-profile | policy | role user
imagebuilder: | | infrastructure-configuration image-recipe container-recipe image workflow component lifecycle-policy distribution-configuration image-pipeline
inspector2*: filter
internetmonitor*: monitor
invoicing: | | invoice-unit
iot: | | package authorizer fleetmetric jobtemplate billinggroup provisioningtemplate thingtype thinggroup certificateprovider rolealias cacert custommetric policy mitigationaction securityprofile rule scheduledaudit dimension
iotanalytics*: | channel dataset datastore pipeline
iotdeviceadvisor: | | suitedefinition
iotevents*: | detectormodel input
iotfleethub*: application
iotfleetwise: | | model-manifest vehicle decoder-manifest fleet signal-catalog campaign
iotsitewise*: asset asset-model | | portal dashboard project dataset gateway access-policy
iotwireless: | | sidewalkaccount networkanalyzerconfiguration serviceprofile multicastgroup wirelessgateway wirelessdevice destination fuotatask importtask wirelessgatewaytaskdefinition deviceprofile
ivs: | | public-key ingest-configuration recording-configuration playback-restriction-policy channel playback-key stream-key stage storage-configuration encoder-configuration
kafka: | | replicator
kafkaconnect: | | worker-configuration custom-plugin
kendra: | | index index/data-source
kendra-ranking: | | rescore-execution-plan
kinesis: | | stream stream/consumer
kinesisanalytics*: application
kinesisvideo: | | stream channel
kms*: key
lambda*: function | | event-source-mapping code-signing-config
lex: | | bot-alias bot
license-manager: | | license grant
lightsail: | | distribution containerservice certificate bucket instance disk loadbalancer domain staticip
logs: log-group destination | | delivery-destination delivery-source anomaly-detector delivery
lookoutmetrics: | | anomalydetector alert
m2: | | env
macie2*:
managedblockchain: | | accessors
mediaconnect: | | source output entitlement flow
mediaconvert: | | queues presets
medialive: | | sdisource signal-map network cloudwatch-alarm-template eventbridge-rule-template multiplex cloudwatch-alarm-template-group eventbridge-rule-template-group channelplacementgroup inputsecuritygroup
mediapackage: | | channels origin_endpoints
mediapackage-vod: | | packaging-configurations assets packaging-groups
mediapackagev2: | | channelgroup channelgroup/channel channelgroup/channel/originendpoint
mediastore*: | container
mediatailor: | | playbackconfiguration sourcelocation livesource vodsource channel
medical-imaging: | | datastore
memorydb: | | cluster acl subnetgroup user parametergroup
mobiletargeting: | | apps
mq*: configuration broker
network-firewall*: stateless-rulegroup firewall firewall-policy | stateful-rulegroup
networkmanager: | | global-network link core-network device connect-peer site
notifications-contacts: | | emailcontact
oam*: sink | link
omics*: sequencestore rungroup workflow referencestore | annotationstore annotationstore/version sequencestore/readset referencestore/reference run variantstore
organizations*: account ou | root policy | resourcepolicy
osis: | | pipeline
panorama: | | package
payment-cryptography: | | key
personalize: | | dataset-group dataset solution
pipes*: pipe
profile: | | domains domains/object-types domains/integrations
proton: | | environment-template environment-account-connection service-template
ram*: resource-share
rbin*: rule
rds*: subgrp pg cluster-pg es target-group db-proxy db-proxy-endpoint secgrp og | cluster-endpoint ri | db cluster global-cluster cev
redshift*: eventsubscription subnetgroup cluster parametergroup | hsmconfiguration hsmclientcertificate snapshot snapshotcopygrant snapshotschedule | integration
redshift-serverless*: workgroup namespace
refactor-spaces: | | environment environment/application environment/application/service environment/application/route
rekognition: | | collection
resiliencehub: | | resiliency-policy app
resource-groups*: group
robomaker: | | robot-application
route53*: hostedzone | | healthcheck
route53-recovery-control: | | cluster controlpanel controlpanel/safetyrule
route53-recovery-readiness: | | recovery-group readiness-check cell resource-set
route53profiles: | | profile profile-association
route53resolver*: resolver-rule resolver-endpoint | | firewall-domain-list resolver-query-log-config firewall-rule-group firewall-rule-group-association
rum: | | appmonitor
s3*: bucket storage-lens storage-lens-group | | accesspoint
s3express: | | bucket
sagemaker: app-image-config model-package model-package-group project pipeline processing-job | experiment action artifact training-job context flow-definition human-task-ui | app cluster code-repository data-quality-job-definition domain endpoint endpoint-config feature-group image inference-component inference-experiment mlflow-tracking-server model model-bias-job-definition model-card model-explainability-job-definition
sagemaker: | | model-quality-job-definition monitoring-schedule notebook-instance notebook-instance-lifecycle-config space studio-lifecycle-config user-profile workteam
scheduler*: schedule-group
schemas: | | discoverer registry schema
secretsmanager*: secret
securityhub: | | hubv2
securitylake*: | data-lake subscriber
servicecatalog*: attribute-groups applications
servicediscovery: | | service
ses: | | identity dedicated-ip-pool contact-list configuration-set mailmanager-ingress-point mailmanager-archive mailmanager-traffic-policy mailmanager-rule-set
signer: | | signing-profiles
sms-voice*: | sender-id opt-out-list phone-number pool configuration-set
sns*: topic
sqs*: queue
ssm*: document patchbaseline association maintenancewindow | managed-instance automation-execution opsitem session | parameter
ssm-contacts*: | contact
ssm-incidents: | | replication-set response-plan
states*: activity statemachine
storagegateway: | tape gateway gateway/volume share
synthetics: | | group canary
textract*: | adapters
timestream: | | database database/table scheduled-query
transfer*: user workflow server | | connector agreement certificate profile
verifiedpermissions: | | policy-store
vpc-lattice: | | service service/listener service/listener/rule servicenetwork servicenetworkserviceassociation servicenetworkvpcassociation accesslogsubscription targetgroup
wellarchitected*: | workload
wickr*: | network
wisdom*: assistant knowledge-base association | content session | ai-agent
worklink: | fleet
workspaces*: connectionalias | directory workspace workspacebundle workspaceimage workspaceipgroup | workspacespool
workspaces-web: | | portal ipaccesssettings useraccessloggingsettings usersettings browsersettings networksettings truststore
xray: | | sampling-rule group
`;
