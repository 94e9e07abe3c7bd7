CREATE TABLE "attempt" (
	"key" varchar(64) PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "attempt_count" CHECK ("attempt"."count" > 0)
);
--> statement-breakpoint
ALTER TABLE "passkey" ADD COLUMN "last_used_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "method" varchar(60);--> statement-breakpoint
ALTER TABLE "two_factor" ADD COLUMN "last_used_step" bigint;--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "locale" varchar(35);--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "inactive_warned_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "verification" ADD COLUMN "user_id" uuid;--> statement-breakpoint
CREATE INDEX "attempt_expires_at" ON "attempt" USING btree ("expires_at");--> statement-breakpoint
ALTER TABLE "verification" ADD CONSTRAINT "verification_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "user_unverified_created_at" ON "user" USING btree ("created_at") WHERE not "user"."email_verified";--> statement-breakpoint
CREATE INDEX "user_last_login_at" ON "user" USING btree ("last_login_at");--> statement-breakpoint
CREATE INDEX "verification_user_id" ON "verification" USING btree ("user_id");