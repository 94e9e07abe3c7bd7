CREATE TABLE "audit_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid,
	"actor_id" uuid,
	"action" varchar(60) NOT NULL,
	"ip_address" varchar(45),
	"user_agent" varchar(512),
	"detail" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_event_detail" CHECK (jsonb_typeof("audit_event"."detail") = 'object' and octet_length("audit_event"."detail"::text) <= 4096)
);
--> statement-breakpoint
CREATE TABLE "account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"provider_id" varchar(255) NOT NULL,
	"account_id" varchar(255) NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "account_provider_id_account_id" UNIQUE("provider_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "jwks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"private_key" text NOT NULL,
	"alg" text,
	"crv" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "passkey" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" varchar(255),
	"public_key" text NOT NULL,
	"user_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"counter" bigint NOT NULL,
	"device_type" text NOT NULL,
	"backed_up" boolean NOT NULL,
	"transports" text,
	"created_at" timestamp (3) with time zone,
	"aaguid" text,
	CONSTRAINT "passkey_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token" varchar(255) NOT NULL,
	"user_id" uuid NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip_address" varchar(45),
	"user_agent" varchar(512),
	"last_accessed_at" timestamp (3) with time zone,
	"impersonated_by" uuid,
	"authenticated_at" timestamp (3) with time zone NOT NULL,
	"login_id" uuid NOT NULL,
	"scope" text DEFAULT 'account' NOT NULL,
	"origin" varchar(300),
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "session_token_unique" UNIQUE("token"),
	CONSTRAINT "session_at_most_30_days" CHECK ("session"."expires_at" <= "session"."created_at" + interval '720 hours'),
	CONSTRAINT "session_never_impersonated" CHECK ("session"."impersonated_by" is null),
	CONSTRAINT "session_scope" CHECK ("session"."scope" in ('account', 'docs')),
	CONSTRAINT "session_docs_is_bound_and_short" CHECK ("session"."scope" <> 'docs' or ("session"."origin" is not null and "session"."expires_at" <= "session"."created_at" + interval '168 hours'))
);
--> statement-breakpoint
CREATE TABLE "two_factor" (
	"id" uuid PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"user_id" uuid NOT NULL,
	"verified" boolean DEFAULT true,
	"failed_verification_count" integer DEFAULT 0,
	"locked_until" timestamp (3) with time zone,
	CONSTRAINT "two_factor_user_id_unique" UNIQUE("user_id")
);
--> statement-breakpoint
CREATE TABLE "user" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" varchar(255) NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"name" varchar(255) DEFAULT '' NOT NULL,
	"image" varchar(512),
	"role" text DEFAULT 'user' NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"banned" boolean DEFAULT false NOT NULL,
	"ban_reason" varchar(500),
	"ban_expires" timestamp (3) with time zone,
	"last_login_at" timestamp (3) with time zone,
	"two_factor_enabled" boolean DEFAULT false NOT NULL,
	"skill_level" text,
	"operating_system" text,
	"subscription_status" text,
	"stripe_customer_id" varchar(255),
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_email_unique" UNIQUE("email"),
	CONSTRAINT "user_email_lower_case" CHECK ("user"."email" = lower("user"."email")),
	CONSTRAINT "user_role" CHECK ("user"."role" in ('user', 'moderator', 'admin')),
	CONSTRAINT "user_skill_level" CHECK ("user"."skill_level" in ('beginner', 'intermediate', 'advanced', 'expert')),
	CONSTRAINT "user_operating_system" CHECK ("user"."operating_system" in ('linux', 'macos', 'windows')),
	CONSTRAINT "user_subscription_status" CHECK ("user"."subscription_status" in ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'canceled', 'unpaid', 'paused'))
);
--> statement-breakpoint
CREATE TABLE "verification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "catalogue" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site" varchar(60) NOT NULL,
	"version" varchar(128) NOT NULL,
	"pushed_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "catalogue_site_unique" UNIQUE("site")
);
--> statement-breakpoint
CREATE TABLE "page" (
	"id" uuid PRIMARY KEY NOT NULL,
	"site" varchar(60) NOT NULL,
	"page_key" varchar(512) NOT NULL,
	"path" varchar(512) NOT NULL,
	"lang" varchar(35) NOT NULL,
	"version" varchar(60) DEFAULT '' NOT NULL,
	"title" varchar(300) NOT NULL,
	"summary" varchar(1000) DEFAULT '' NOT NULL,
	"categories" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"tags" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"level" text,
	"operating_systems" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"languages" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"tools" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"hardware" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"prerequisites" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"minutes" integer,
	"position" integer NOT NULL,
	"content_hash" varchar(128) NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "page_site_path" UNIQUE("site","path"),
	CONSTRAINT "page_path_stays_on_site" CHECK ("page"."path" like '/%' and "page"."path" not like '//%' and strpos("page"."path", chr(92)) = 0),
	CONSTRAINT "page_level" CHECK ("page"."level" in ('beginner', 'intermediate', 'advanced', 'expert')),
	CONSTRAINT "page_minutes" CHECK ("page"."minutes" >= 0),
	CONSTRAINT "page_position" CHECK ("page"."position" >= 0),
	CONSTRAINT "page_categories" CHECK (jsonb_typeof("page"."categories") = 'array' and octet_length("page"."categories"::text) <= 32768),
	CONSTRAINT "page_tags" CHECK (jsonb_typeof("page"."tags") = 'array' and octet_length("page"."tags"::text) <= 32768),
	CONSTRAINT "page_operating_systems" CHECK (jsonb_typeof("page"."operating_systems") = 'array' and octet_length("page"."operating_systems"::text) <= 32768),
	CONSTRAINT "page_languages" CHECK (jsonb_typeof("page"."languages") = 'array' and octet_length("page"."languages"::text) <= 32768),
	CONSTRAINT "page_tools" CHECK (jsonb_typeof("page"."tools") = 'array' and octet_length("page"."tools"::text) <= 32768),
	CONSTRAINT "page_hardware" CHECK (jsonb_typeof("page"."hardware") = 'array' and octet_length("page"."hardware"::text) <= 32768),
	CONSTRAINT "page_prerequisites" CHECK (jsonb_typeof("page"."prerequisites") = 'array' and octet_length("page"."prerequisites"::text) <= 163840)
);
--> statement-breakpoint
CREATE TABLE "background_information" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"software_tools" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"hardware_setup" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"programming_languages" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"technical_preferences" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"experience_level" text,
	"primary_domain" varchar(100),
	"answers" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"answered_at" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"questionnaire_version" varchar(60),
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "background_information_user_id_unique" UNIQUE("user_id"),
	CONSTRAINT "background_information_experience_level" CHECK ("background_information"."experience_level" in ('beginner', 'intermediate', 'advanced', 'expert')),
	CONSTRAINT "background_information_software_tools" CHECK (jsonb_typeof("background_information"."software_tools") = 'array' and octet_length("background_information"."software_tools"::text) <= 20480),
	CONSTRAINT "background_information_programming_languages" CHECK (jsonb_typeof("background_information"."programming_languages") = 'array' and octet_length("background_information"."programming_languages"::text) <= 20480),
	CONSTRAINT "background_information_hardware_setup" CHECK (jsonb_typeof("background_information"."hardware_setup") = 'object' and octet_length("background_information"."hardware_setup"::text) <= 20480),
	CONSTRAINT "background_information_technical_preferences" CHECK (jsonb_typeof("background_information"."technical_preferences") = 'object' and octet_length("background_information"."technical_preferences"::text) <= 1024),
	CONSTRAINT "background_information_answers" CHECK (jsonb_typeof("background_information"."answers") = 'object' and octet_length("background_information"."answers"::text) <= 65536),
	CONSTRAINT "background_information_answered_at" CHECK (jsonb_typeof("background_information"."answered_at") = 'object' and octet_length("background_information"."answered_at"::text) <= 8192)
);
--> statement-breakpoint
CREATE TABLE "personalization_profile" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"recommended_content" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"basis" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"preferred_categories" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"last_personalization_update" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "personalization_profile_user_id_unique" UNIQUE("user_id"),
	CONSTRAINT "personalization_profile_recommended_content" CHECK (jsonb_typeof("personalization_profile"."recommended_content") = 'array' and octet_length("personalization_profile"."recommended_content"::text) <= 262144),
	CONSTRAINT "personalization_profile_basis" CHECK (jsonb_typeof("personalization_profile"."basis") = 'object' and octet_length("personalization_profile"."basis"::text) <= 16384),
	CONSTRAINT "personalization_profile_preferred_categories" CHECK (jsonb_typeof("personalization_profile"."preferred_categories") = 'array' and octet_length("personalization_profile"."preferred_categories"::text) <= 32768)
);
--> statement-breakpoint
CREATE TABLE "profile" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"display_name" varchar(255),
	"bio" varchar(500),
	"avatar_url" varchar(512),
	"cover_url" varchar(512),
	"website" varchar(255),
	"location" varchar(100),
	"twitter_handle" varchar(15),
	"github_username" varchar(39),
	"theme" text DEFAULT 'system' NOT NULL,
	"notifications_enabled" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "profile_user_id_unique" UNIQUE("user_id"),
	CONSTRAINT "profile_theme" CHECK ("profile"."theme" in ('light', 'dark', 'system'))
);
--> statement-breakpoint
CREATE TABLE "reading_progress" (
	"user_id" uuid NOT NULL,
	"site" varchar(60) NOT NULL,
	"page_key" varchar(512) NOT NULL,
	"percent" smallint DEFAULT 0 NOT NULL,
	"opened_at" timestamp (3) with time zone,
	"completed_at" timestamp (3) with time zone,
	"saved_at" timestamp (3) with time zone,
	"dismissed_at" timestamp (3) with time zone,
	"feedback" text,
	"feedback_at" timestamp (3) with time zone,
	"seen_hash" varchar(128),
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reading_progress_user_id_site_page_key_pk" PRIMARY KEY("user_id","site","page_key"),
	CONSTRAINT "reading_progress_percent" CHECK ("reading_progress"."percent" between 0 and 100),
	CONSTRAINT "reading_progress_feedback" CHECK ("reading_progress"."feedback" in ('too-easy', 'too-hard', 'not-for-me')),
	CONSTRAINT "reading_progress_feedback_has_time" CHECK ("reading_progress"."feedback" is null or "reading_progress"."feedback_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "background_information" ADD CONSTRAINT "background_information_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personalization_profile" ADD CONSTRAINT "personalization_profile_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "profile" ADD CONSTRAINT "profile_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reading_progress" ADD CONSTRAINT "reading_progress_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_event_user_id_created_at" ON "audit_event" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "audit_event_actor_id_created_at" ON "audit_event" USING btree ("actor_id","created_at");--> statement-breakpoint
CREATE INDEX "audit_event_created_at" ON "audit_event" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "account_user_id" ON "account" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "account_account_id" ON "account" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "passkey_user_id" ON "passkey" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_user_id" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_login_id" ON "session" USING btree ("login_id");--> statement-breakpoint
CREATE INDEX "session_expires_at" ON "session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "two_factor_secret" ON "two_factor" USING btree ("secret");--> statement-breakpoint
CREATE INDEX "user_created_at" ON "user" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "verification_identifier" ON "verification" USING btree ("identifier");--> statement-breakpoint
CREATE INDEX "verification_expires_at" ON "verification" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "page_site_page_key" ON "page" USING btree ("site","page_key");--> statement-breakpoint
CREATE INDEX "page_site_lang_version" ON "page" USING btree ("site","lang","version");--> statement-breakpoint
CREATE INDEX "background_information_updated_at" ON "background_information" USING btree ("updated_at");